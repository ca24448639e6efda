package cli

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"

	"jiebang/internal/ledger"
	"jiebang/internal/money"
	"jiebang/search/lines"
)

type checkCommand struct {
	File  string   `arg:"" type:"existingfile" help:"导出的台账链 An export of the ledger: GET /v1/ledger/chain, or /v1/ledger/chain/entries."`
	Noted []string `help:"以前记下的链头，形如 7:sha256:… A head that was noted before, as SEQ:HASH; may be repeated." placeholder:"SEQ:HASH"`
}

// Run checks an export by the file alone: it opens no database and asks no server.
func (c checkCommand) Run() error {
	var noted []ledger.Noted
	for _, n := range c.Noted {
		seq, hash, _ := strings.Cut(n, ":")
		number, err := strconv.ParseInt(seq, 10, 64)
		if err != nil || hash == "" {
			return apart{fmt.Errorf("链头形如 7:sha256:…，不能是 %s。A head is written 7:sha256:…", n)}
		}
		noted = append(noted, ledger.Noted{Seq: number, Hash: hash})
	}
	file, err := os.Open(c.File)
	if err != nil {
		return apart{err}
	}
	defer func() { _ = file.Close() }()
	found, err := ledger.Check(file, noted...)
	if errors.Is(err, ledger.ErrCut) {
		return apart{fmt.Errorf("%s: 文件不完整，中途断开，请重新下载后再核对 it is not whole, fetch it again: %w", c.File, err)}
	}
	if err != nil {
		var kind *lines.KindError
		if _, is := lines.Open(io.NewSectionReader(file, 0, math.MaxInt64)); errors.As(is, &kind) {
			return apart{fmt.Errorf("%s: 不是台账的导出文件 %w: %w", c.File, err, kind)}
		}
		return apart{fmt.Errorf("%s: 不是台账的导出文件 %w", c.File, err)}
	}
	if f := found.Flaw; f != nil {
		said := map[ledger.Wrong]string{ledger.Changed: "被改动", ledger.Gone: "缺失", ledger.Added: "多出"}[f.Wrong]
		if f.Seq == 0 {
			return apart{fmt.Errorf("首行被改动 the first line is changed: %s", f.Why)}
		}
		return apart{fmt.Errorf("第 %d 条%s entry %d is %s: %s", f.Seq, said, f.Seq, f.Wrong, f.Why)}
	}
	fmt.Printf("%d 条均相符，链头 entries agree, head: %d %s\n", found.Entries, found.Head.Seq, found.Head.Hash)
	if found.Head.Export == ledger.ExportEntries {
		fmt.Printf("合计 sums: %d 份 contracts, 成交额 turnover %s, 技术交易额 technology amount %s\n", found.Sums.Contracts, money.Fen(found.Sums.Turnover), money.Fen(found.Sums.Technology))
	}
	return nil
}
