package contracts

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/codes"
	"jiebang/internal/fault"
	"jiebang/internal/money"
	"jiebang/internal/offices"
	"jiebang/internal/paper"
	"jiebang/internal/policy"
	"jiebang/internal/when"
	"jiebang/internal/work"
)

// certificateRow is the code of a contract's certificate (技术合同登记证明). It stays with the contract: what it says is always what is so now.
type certificateRow struct {
	ContractID uuid.UUID `gorm:"primaryKey"`
	Code       string    // 24 hexadecimal digits, drawn at random
	Misses     int       // wrong amounts on MissedOn
	MissedOn   when.Day
}

func (certificateRow) TableName() string { return "contract_certificates" }

// certify draws the code of a contract that is registered.
func certify(tx *work.Tx, contract uuid.UUID) error {
	var n int64
	if err := tx.Model(&certificateRow{}).Where("contract_id = ?", contract).Count(&n).Error; err != nil || n > 0 {
		return err
	}
	raw := make([]byte, 12)
	_, _ = rand.Read(raw) // never fails
	return tx.Create(&certificateRow{ContractID: contract, Code: strings.ToUpper(hex.EncodeToString(raw))}).Error
}

// Certificate is what anybody may know of a registered contract who has the code of its certificate: never the amounts, nor the parties.
type Certificate struct {
	Code           string
	Number         string
	OfficialNumber *string
	Title          string
	Kind           codes.ContractKind
	Office         string // its code
	OfficeName     string
	RegisteredOn   when.Day
	Valid          bool        // it is registered; false: the registration was cancelled, or revoked
	Revoked        *RevokedFor // why and when; nil where it was not
	AsOf           time.Time
}

// CheckCertificate tells whether a certificate is valid now; by anybody who has its code.
func (s *Service) CheckCertificate(ctx context.Context, code string) (Certificate, error) {
	var out Certificate
	err := s.unit.View(ctx, func(q *gorm.DB) error {
		_, c, err := certified(q, code)
		if err != nil {
			return err
		}
		names, err := offices.Names(q)
		out = Certificate{
			Code: printed(code), Number: c.Number, OfficialNumber: c.OfficialNumber, Title: c.Title, Kind: c.Kind, Office: c.Office, OfficeName: names[c.Office],
			RegisteredOn: c.RegisteredOn, Valid: c.State == Registered, AsOf: s.unit.Now(),
		}
		if x := c.Revoked; x != nil { // another contract is none of a stranger's business
			out.Revoked = &RevokedFor{Ground: x.Ground, On: x.On}
		}
		return err
	})
	return out, err
}

// printed is a code without the hyphens by which it is printed in groups.
func printed(code string) string { return strings.ToUpper(strings.ReplaceAll(code, "-", "")) }

// certified finds a certificate and its contract by the code.
func certified(q *gorm.DB, code string) (*certificateRow, *Contract, error) {
	q = q.Session(&gorm.Session{})
	var rows []certificateRow
	if err := q.Where("code = ?", printed(code)).Limit(1).Find(&rows).Error; err != nil {
		return nil, nil, err
	}
	if len(rows) == 0 {
		return nil, nil, fault.NotVisible.New()
	}
	c, err := work.Load[Contract](q, rows[0].ContractID)
	return &rows[0], c, err
}

// maxMisses is how many wrong pairs of amounts are answered in a day for one certificate.
const maxMisses = 20

// AmountsRight tells whether both amounts are those of the certificate, and no more: which of them is wrong is not told, and after so many wrong
// ones nothing until the next day.
func (s *Service) AmountsRight(ctx context.Context, code string, turnover, technology money.Fen) (bool, error) {
	_, c, err := certified(s.unit.Query(ctx), code)
	if err != nil {
		return false, err
	}
	now := s.unit.Now()
	today := when.DayOf(now)
	// Counted before it is looked at, so that many at once are as few as many in a row.
	n, err := s.unit.Tally(ctx, "UPDATE contract_certificates SET misses = CASE WHEN missed_on = ? THEN misses ELSE 0 END + 1, missed_on = ?"+
		" WHERE contract_id = ? AND (missed_on IS NULL OR missed_on <> ? OR misses < ?)", today, today, c.ID, today, maxMisses)
	if err != nil {
		return false, err
	}
	if n == 0 {
		f := fault.RateLimited.Because("今日对该证明的金额核对已达 %[1]d 次不符，请明日再试。", "Amounts of this certificate were wrong %[1]d times today; try again tomorrow.", maxMisses)
		f.RetryAfter = today.End().Sub(now)
		return false, f
	}
	if c.Turnover != turnover || c.Technology != technology {
		return false, nil
	}
	_, err = s.unit.Tally(ctx, "UPDATE contract_certificates SET misses = misses - 1 WHERE contract_id = ? AND missed_on = ?", c.ID, today)
	return true, err
}

// Printed is a paper to be kept.
type Printed struct {
	Name string
	PDF  []byte
}

// PrintCertificate makes the certificate of a registered contract as it is now; by who may read the contract as it stands. at is where this system is
// reached, for the code that cameras read.
func (s *Service) PrintCertificate(ctx context.Context, reader policy.Actor, id uuid.UUID) (Printed, error) {
	var c *Contract
	var stamp issued
	if err := s.unit.View(ctx, func(q *gorm.DB) (err error) {
		if c, err = loadNow(q, reader, id); err != nil {
			return err
		}
		if err := c.in(Registered, Cancelled, Revoked); err != nil {
			return err
		}
		stamp, err = c.issued(q)
		return err
	}); err != nil {
		return Printed{}, err
	}
	return s.print(c, stamp)
}

// issued is what a certificate says that the contract does not know by itself.
type issued struct{ code, office string }

func (c *Contract) issued(q *gorm.DB) (issued, error) {
	var row certificateRow
	if c.TakenOver != nil {
		return issued{}, fault.WrongState.Because("该合同由%[1]s登记，登记证明由其出具，本系统不发。", "It was registered in %[1]s, which certifies it; this system does not.", c.TakenOver.Source)
	}
	if err := q.Where("contract_id = ?", c.ID).Take(&row).Error; err != nil {
		return issued{}, err
	}
	names, err := offices.Names(q)
	return issued{row.Code, names[c.Office]}, err
}

// print draws the certificate, when the database has been let go: on a busy machine it takes longer than a session may stand idle in a transaction.
func (s *Service) print(c *Contract, stamp issued) (Printed, error) {
	pdf, err := c.certificate(stamp.code, stamp.office, s.address)
	return Printed{Name: "技术合同登记证明 " + c.Number + ".pdf", PDF: pdf}, err
}

// certificate writes the paper.
func (c *Contract) certificate(code, office, address string) ([]byte, error) {
	p := paper.New("技术合同登记证明 " + c.Number)
	p.Title("技术合同登记证明")
	p.Subtitle("Certificate of registration of a technology contract")
	columns := []float64{1, 3}
	row := func(label, value string) { p.Row(columns, label, value) }
	row("登记序号", c.Number)
	if c.OfficialNumber != nil {
		row("登记编号", *c.OfficialNumber)
	}
	row("合同名称", c.Title)
	kind, _ := codes.ContractKinds.Get(c.Kind)
	if sub, has := codes.ContractSubkinds.Get(c.Terms.Subkind); has && sub.Chinese != kind.Chinese {
		kind.Chinese += "（" + sub.Chinese + "）"
	}
	row("合同类别", kind.Chinese)
	row("卖方", partyNames(c.Terms.Sellers))
	row("买方", partyNames(c.Terms.Buyers))
	row("签订日期", c.Terms.SignedOn.String())
	row("有效期", c.Terms.EffectiveOn.String()+" 至 "+c.Terms.ExpiresOn.String())
	row("合同成交额", inBoth(c.Turnover))
	row("技术交易额", inBoth(c.Technology))
	row("登记机构", office)
	row("登记日期", c.RegisteredOn.String())
	if c.State == Cancelled {
		p.Title("登记已注销")
	}
	if x := c.Revoked; x != nil {
		p.Title("登记已撤销")
		p.Subtitle(x.On.String() + " " + x.Ground.Text().ZH)
	}
	p.Code(strings.TrimRight(address, "/")+"/v1/certificates/"+code, 96, "验证码 "+grouped(code)+"\n扫码或输入验证码，可随时核验本证明是否有效；\n核对金额须同时填写成交额与技术交易额。\nAnybody may check by this code whether the certificate is valid.")
	return p.Bytes()
}

func inBoth(f money.Fen) string {
	return "人民币 " + f.String() + " 元\n（大写）" + money.Capital(f)
}

func partyNames(parties []Party) string {
	names := make([]string, len(parties))
	for i, p := range parties {
		names[i] = p.Name
	}
	return strings.Join(names, "；")
}

// grouped parts a code into groups of four.
func grouped(code string) string {
	var parts []string
	for len(code) > 4 {
		parts, code = append(parts, code[:4]), code[4:]
	}
	return strings.Join(append(parts, code), "-")
}
