package exchange

import (
	"context"
	"errors"
	"io"
	"os"
	"path"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/policy"
)

// upload is a file as it was sent.
type upload struct {
	io.ReaderAt
	io.Closer
	size  int64
	lines bool // by its name it is JSON Lines
}

// fetch copies a file to where it can be read at any place.
func (s *Service) fetch(ctx context.Context, actor policy.Actor, id uuid.UUID) (*upload, error) {
	d, err := s.files.Open(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	defer func() { _ = d.Close() }()
	if err := d.Section(0, d.Size); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp("", "jiebang-import-*")
	if err != nil {
		return nil, err
	}
	_ = os.Remove(f.Name()) // it stays readable while it is open; where it does not, it is left to the folder's own sweep
	if _, err := d.WriteTo(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &upload{f, f, d.Size, strings.EqualFold(path.Ext(d.Name), ".jsonl")}, nil
}

// source finds the headings of an import's file by what its owner calls them, and what the import itself says.
func (s *Service) source(q *gorm.DB, imp *Import, file *upload) (*source, error) {
	saved, err := mappingOf(q, imp.OwnerID, imp.Kind)
	if err != nil {
		return nil, err
	}
	return openSource(file, file.size, newHeadings(s.kinds[imp.Kind].fields(), saved, imp.Mapping), Layout{Sheet: imp.Sheet, HeadingRow: imp.HeadingRow, Lines: file.lines})
}
