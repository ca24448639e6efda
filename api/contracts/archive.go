package contracts

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

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
			err = s.add(fmt.Sprintf("files/%03d %s", i+1, papers[i].Name), zip.Store, func(w io.Writer) error { return send(ctx, reader, store, papers[i].ID, w) })
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

// send writes the content of a file.
func send(ctx context.Context, reader policy.Actor, store *files.Service, id uuid.UUID, w io.Writer) error {
	d, err := store.Open(ctx, reader, id)
	if err != nil {
		return err
	}
	if err := d.Section(0, d.Size); err != nil {
		_ = d.Close()
		return err
	}
	_, err = d.WriteTo(w)
	if closed := d.Close(); err == nil {
		err = closed
	}
	return err
}

func each[V, W any](all []V, write func(*V) W) []W {
	out := make([]W, len(all))
	for i := range all {
		out[i] = write(&all[i])
	}
	return out
}
