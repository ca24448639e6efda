// Package files is the HTTP edge of attachments: their routes, and the translation between the API's types and theirs.
package files

import (
	"context"
	"io"
	"strings"

	"github.com/google/uuid"

	"jiebang/api/edge"
	"jiebang/api/wire"
	"jiebang/internal/files"
	"jiebang/internal/policy"
	"jiebang/internal/work"
)

// Routes hangs the operations on uploads and files on the edge.
func Routes(e *edge.Edge, s *files.Service) {
	upload := edge.Kind[files.Upload, wire.Upload]{Path: "/v1/uploads", Get: s.Upload, Wire: progress}
	file := edge.Kind[files.View, wire.File]{Path: "/v1/files", Get: s.Get, Wire: written}
	edge.Create(e, "createUpload", upload, input, s.Begin)
	edge.Read(e, "getUpload", upload)
	edge.Plain(e, "cancelUpload", func(ctx context.Context, call work.Call, q struct {
		ID uuid.UUID `path:"id"`
	}) (edge.None, error) {
		return edge.None{}, s.Cancel(ctx, call, q.ID)
	})
	edge.Receive(e, "sendUpload", func(ctx context.Context, call work.Call, q struct {
		ID     uuid.UUID `path:"id"`
		Offset int64     `query:"offset"`
	}, body io.Reader) (wire.Upload, error) {
		u, err := s.Receive(ctx, call.Actor, q.ID, q.Offset, body)
		return progress(&u), err
	})
	edge.CreateUnder(e, "completeUpload", file, completion, s.Complete)
	edge.Plain(e, "listFiles", func(ctx context.Context, call work.Call, q files.Query) (wire.FileList, error) {
		found, err := s.List(ctx, call.Actor, q)
		out := wire.FileList{Items: make([]wire.File, len(found))}
		for i := range found {
			out.Items[i] = written(&found[i])
		}
		return out, err
	})
	edge.Read(e, "getFile", file)
	edge.Delete(e, "deleteFile", s.Remove)
	edge.Send(e, "downloadFile", func(ctx context.Context, reader policy.Actor, id uuid.UUID) (edge.Content, error) {
		d, err := s.Open(ctx, reader, id)
		if err != nil {
			return edge.Content{}, err
		}
		tag := d.ID.String()
		if d.Digest != "" {
			tag = strings.ReplaceAll(d.Digest, ":", "-")
		}
		return edge.Content{Section: d.Section, WriterTo: d, Closer: d, Size: d.Size, MediaType: d.MediaType, Name: d.Name, ETag: tag}, nil
	})
}

func input(b *wire.UploadInput) (files.Input, error) {
	return files.Input{Kind: string(b.ObjectKind), Object: b.ObjectId, Name: b.Name, Size: b.Size, Public: wire.Value(b.Public)}, nil
}

func completion(b *wire.UploadCompletion) (files.Completion, error) {
	return files.Completion{SHA256: wire.Value(b.Sha256)}, nil
}

func progress(u *files.Upload) wire.Upload {
	return wire.Upload{
		Id: u.ID, Version: u.Version, ObjectKind: wire.RecordKind(u.ObjectKind), ObjectId: u.ObjectID, Name: u.Name, Size: u.Size, Public: u.Public,
		Received: u.Received, ExpiresAt: u.ExpiresAt,
	}
}

func written(f *files.View) wire.File {
	return wire.File{
		Id: f.ID, Version: f.Version, ObjectKind: wire.RecordKind(f.ObjectKind), ObjectId: f.ObjectID, Name: f.Name, Size: f.Size, MediaType: f.MediaType,
		Public: f.Public, Digest: wire.Some(f.Digest), Revision: wire.Some(wire.FileRevision(f.Revision)), AddedBy: wire.SomePerson(f.AddedBy), CreatedAt: f.CreatedAt,
	}
}
