package contracts

import (
	"context"
	"io"

	"github.com/google/uuid"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/contracts"
	"jiebang/internal/work"
)

// certificateRoutes hangs the operations on certificates on the edge.
func certificateRoutes(e *edge.Edge, s *contracts.Service) {
	edge.Flow(e, "printCertificate", func(ctx context.Context, call work.Call, q struct {
		ID uuid.UUID `path:"id"`
	}) (edge.Flowing, error) {
		out, err := s.PrintCertificate(ctx, call.Actor, q.ID)
		return edge.Flowing{MediaType: "application/pdf", Name: out.Name, Write: func(w io.Writer) error {
			_, err := w.Write(out.PDF)
			return err
		}}, err
	})
	edge.Plain(e, "checkCertificate", func(ctx context.Context, _ work.Call, q struct {
		Code string `path:"code"`
	}) (wire.Certificate, error) {
		c, err := s.CheckCertificate(ctx, q.Code)
		if err != nil {
			return wire.Certificate{}, err
		}
		return wire.Certificate{
			Code: c.Code, Number: c.Number, OfficialNumber: c.OfficialNumber, Title: c.Title, Kind: wire.ContractKind(c.Kind), Office: c.Office, OfficeName: c.OfficeName,
			RegisteredOn: wire.DateOf(c.RegisteredOn), Valid: c.Valid, Revoked: revoked(c.Revoked), AsOf: c.AsOf,
		}, nil
	})
	edge.Plain(e, "checkCertificateAmounts", func(ctx context.Context, _ work.Call, q struct {
		Code string                   `path:"code"`
		Body *wire.CertificateAmounts `body:"yes"`
	}) (wire.CertificateAmountsAnswer, error) {
		turnover, err := wire.Fen(q.Body.Turnover, "/turnover/amount")
		if err != nil {
			return wire.CertificateAmountsAnswer{}, err
		}
		technology, err := wire.Fen(q.Body.Technology, "/technology/amount")
		if err != nil {
			return wire.CertificateAmountsAnswer{}, err
		}
		right, err := s.AmountsRight(ctx, q.Code, turnover, technology)
		return wire.CertificateAmountsAnswer{Right: right}, err
	})
}
