package apitest

import (
	"strconv"

	"github.com/google/uuid"

	"jiebang/internal/exchange"
	"jiebang/internal/work"
)

// ReconciliationIn makes a reconciliation of the office SY01 in a state: waiting with its table, compared with twelve rows that differ, or proposed by the
// first registrar. The rows of the latter two cannot be taken over.
func (s *Stage) ReconciliationIn(state string) (id, etag string) {
	s.Helper()
	if state == "waiting" {
		r := s.First.Post("/v1/reconciliations", J{"office": "SY01"}).Want(201)
		id = r.Text("id")
		file := []byte("合同登记编号,合同名称,合同类别,登记日期,签订日期,成交额,卖方名称,卖方所在地,买方名称,技术领域\n2025210102000900,一份合同,技术服务,2025-03-20,2025-03-06,300000,某研究院,210112,某厂,先进制造\n")
		upload := s.First.Post("/v1/uploads", J{"object_kind": "reconciliation", "object_id": id, "name": "登记表.csv", "size": len(file)}).Want(201).Text("id")
		s.First.Do("PUT", "/v1/uploads/"+upload+"/content", Bytes(file), nil).Want(200)
		s.First.Post("/v1/uploads/"+upload+"/complete", J{}).Want(201)
		return id, r.ETag
	}
	first := uuid.MustParse(s.Account(s.First))
	s.Tell(func(tx *work.Tx) error {
		r := &exchange.Reconciliation{Head: tx.NewHead(), Office: "SY01", Source: exchange.NationalSystem, CreatedBy: first, State: exchange.TableState(state), Mapping: map[string]string{}}
		r.Total, r.OnlyThere, r.Differing, r.Unsettled = 12, 1, 12, 12
		if state == "proposed" {
			r.ProposedBy, r.ProposedAt, r.OnlyThere = &first, &tx.Now, 0
		}
		id = r.ID.String()
		if err := work.Insert(tx, work.Deed("reconciliation.create"), r); err != nil {
			return err
		}
		rows := make([]exchange.TableRow, 12)
		for i := range rows {
			rows[i] = exchange.TableRow{ReconciliationID: r.ID, Row: 3 + i, Outcome: exchange.RowDiffers, OfficialNumber: "20252101020009" + strconv.Itoa(10+i), Title: "一份合同"}
		}
		return tx.Create(&rows).Error
	})
	return id, `"1"`
}
