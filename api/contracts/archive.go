package contracts

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/contracts"
	"jiebang/internal/files"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// archiveRoute hangs the archive of a contract on the edge: what the API answers about it, its certificate and its files in one zip.
func archiveRoute(e *edge.Edge, s *contracts.Service, f *files.Service) {
	edge.Flow(e, "downloadContractArchive", func(ctx context.Context, call work.Call, q struct {
		ID uuid.UUID `path:"id"`
	}) (edge.Flowing, error) {
		a, err := s.Archive(ctx, call.Actor, q.ID)
		if err != nil {
			return edge.Flowing{}, err
		}
		papers, err := f.List(ctx, call.Actor, files.Query{Kind: "contract", Object: q.ID})
		if err != nil {
			return edge.Flowing{}, err
		}
		return edge.Flowing{MediaType: "application/zip", Name: "归档材料 " + a.Contract.Number + ".zip", Write: func(w io.Writer) error {
			return writeArchive(ctx, call.Actor, &a, papers, f, w)
		}}, nil
	})
}

// sums writes members of a zip and keeps their digests.
type sums struct {
	zip  *zip.Writer
	at   time.Time
	list strings.Builder
}

// add writes one member. What does not shrink is stored as it is.
func (s *sums) add(name string, method uint16, write func(io.Writer) error) error {
	to, err := s.zip.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: s.at})
	if err != nil {
		return err
	}
	digest := sha256.New()
	if err := write(io.MultiWriter(to, digest)); err != nil {
		return err
	}
	fmt.Fprintf(&s.list, "%s  %s\n", hex.EncodeToString(digest.Sum(nil)), name)
	return nil
}

func (s *sums) addJSON(name string, v any) error {
	return s.add(name, zip.Deflate, func(w io.Writer) error {
		out := json.NewEncoder(w)
		out.SetIndent("", "  ")
		out.SetEscapeHTML(false)
		return out.Encode(v)
	})
}

// readMe says what is in an archive; each line has its file.
const readMe = `归档材料 Archive of a technology contract

contract.json        合同此刻的内容 the contract as it stands
applications.json    认定登记、变更、注销等申请与各步决定 applications and how each was decided
payments.json        收款与冲正 payments and reversals
ledger-entries.json  台账条目，可据 proof 验证在公布的链上 entries, provable against the published chain
certificate.pdf      登记证明，登记在册或已注销的才有 certificate, of what is registered or was
files/               合同附件，以序号开头 files of the contract, numbered
SHA256SUMS           以上各文件的 SHA-256，用 sha256sum -c SHA256SUMS 核对 digests, checked by that command

证件号码为掩码；全文须在系统中按规定查看。Numbers of persons are masked.
登记机构与运营方下载的含审核意见与内部备注，只供存档，不得外传。What an office or the bureau downloads has its own notes in it, and is for its files only.
无法读取的附件以“（无法读取 not readable）”代替，请报告系统管理员。A file that cannot be read is told so in its place.
`

func writeArchive(ctx context.Context, reader policy.Actor, a *contracts.Archive, papers []files.View, store *files.Service, w io.Writer) error {
	s := &sums{zip: zip.NewWriter(w), at: a.Contract.UpdatedAt}
	lists := []struct {
		name string
		v    any
	}{
		{"contract.json", written(&a.Contract)}, {"applications.json", each(a.Applications, writtenApplication)},
		{"payments.json", each(a.Payments, writtenPayment)}, {"ledger-entries.json", each(a.Entries, wire.LedgerEntryOf)},
	}
	err := s.add("README.txt", zip.Deflate, func(w io.Writer) error { _, err := io.WriteString(w, readMe); return err })
	for _, l := range lists {
		if err == nil {
			err = s.addJSON(l.name, l.v)
		}
	}
	if err == nil && a.Certificate != nil {
		err = s.add("certificate.pdf", zip.Store, func(w io.Writer) error { _, err := w.Write(a.Certificate.PDF); return err })
	}
	for i := range papers {
		if err == nil {
			err = s.addFile(ctx, reader, store, fmt.Sprintf("files/%03d ", i+1), &papers[i])
		}
	}
	if err != nil {
		return err
	}
	to, err := s.zip.CreateHeader(&zip.FileHeader{Name: "SHA256SUMS", Method: zip.Deflate, Modified: s.at})
	if err != nil {
		return err
	}
	if _, err := io.WriteString(to, s.list.String()); err != nil {
		return err
	}
	return s.zip.Close()
}

// longestName is how long a file's name may be in an archive, in bytes: most systems take 255, with what stands in front.
const longestName = 240

// addFile writes the content of a file. One that cannot be opened is told in its place: of the rest there is as much need.
func (s *sums) addFile(ctx context.Context, reader policy.Actor, store *files.Service, front string, f *files.View) error {
	name := f.Name
	if end := path.Ext(name); len(front)+len(name) > longestName {
		if len(end) > 20 { // no ending that says what it is
			end = ""
		}
		cut := longestName - len(front) - len(end)
		for cut > 0 && !utf8.RuneStart(name[cut]) {
			cut--
		}
		name = name[:cut] + end
	}
	d, err := store.Open(ctx, reader, f.ID)
	if err == nil {
		if err = d.Section(0, d.Size); err != nil {
			_ = d.Close()
		}
	}
	if err != nil {
		if ctx.Err() != nil {
			return err
		}
		slog.ErrorContext(ctx, "a file of an archive cannot be read", "file", f.ID, "cause", err)
		return s.add(front+"（无法读取 not readable）.txt", zip.Deflate, func(w io.Writer) error { _, err := io.WriteString(w, f.Name+"\n"); return err })
	}
	return errors.Join(s.add(front+name, zip.Store, func(w io.Writer) error { _, err := d.WriteTo(w); return err }), d.Close())
}

func each[V, W any](all []V, write func(*V) W) []W {
	out := make([]W, len(all))
	for i := range all {
		out[i] = write(&all[i])
	}
	return out
}
