// Package files keeps attachments: what is hung on a record of any kind, who may read it and hang it there, and where its bytes lie. It
// decides what may be hung on at all (by its content, never by what the sender says of it), and that an upload can go on where it was
// cut; whether somebody may read or change the record is the record's own rule, asked by the registry of kinds.
//
// A file is public or it is not. A public one is read by whoever may read the record, is stored as it is, and content that is the same is
// stored once. One that is not is read by those who may read what is confidential of the record, is sealed part by part, and shared with
// nobody. The address of a content is the SHA-256 of what is stored, of the tags of the sealed bytes where it is sealed, so that nobody can
// confirm a guessed file by it.
package files

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"jiebang/internal/accounts"
	"jiebang/internal/db"
	"jiebang/internal/fault"
	"jiebang/internal/kinds"
	"jiebang/internal/policy"
	"jiebang/internal/seal"
	"jiebang/internal/work"
)

// The bounds.
const (
	MaxSize    = 200 << 20 // bytes of a file
	MaxUploads = 10        // of an account at a time
	MaxEach    = 100       // files of a record

	partSize  = 2 << 20        // bytes that are kept in memory of an upload or a download, and lost of an upload that is cut
	leastPart = 64 << 10       // a shorter part is kept only if it is the last
	receiving = 64             // uploads that are being received by this process at a time
	examining = 2              // contents that are being looked at by this process at a time: unpacking an archive takes a core
	keepOpen  = 48 * time.Hour // an upload that nobody goes on with is dropped
	grace     = 24 * time.Hour // how long content stays that nothing refers to, and what is written before it is found unknown
)

// Service runs the use cases about files.
type Service struct {
	unit  *work.Unit
	db    *db.DB
	kinds *kinds.Registry
	store *Store
	keys  *seal.Keys
	slots chan struct{} // of what is being received
	looks chan struct{} // of what is being looked at

	records work.Records[File, *File, View]       // how files are read and written; who may know of one depends on its record, and is asked by Get
	uploads work.Records[Upload, *Upload, Upload] // each is its account's own
}

// New makes the service. What is received is noted directly in the database, part by part, since it is no use case of its own.
func New(unit *work.Unit, d *db.DB, registry *kinds.Registry, store *Store, keys *seal.Keys) *Service {
	s := &Service{unit: unit, db: d, kinds: registry, store: store, keys: keys, slots: make(chan struct{}, receiving), looks: make(chan struct{}, examining)}
	s.records = work.Records[File, *File, View]{Read: policy.FileKnown, Show: s.show}
	s.uploads = work.Records[Upload, *Upload, Upload]{Read: policy.UploadUse, Show: s.showUploads}
	return s
}

// File is one attachment. It is not changed once it is there, only removed.
type File struct {
	work.Head
	ObjectKind string
	ObjectID   uuid.UUID
	Name       string // empty where the label is sealed
	Public     bool
	ContentID  uuid.UUID
	AddedBy    uuid.UUID
	Sealed     string `json:"-"` // its label, where the record seals its files by a key of its own
	Revision   string // of its record, that it waits for: added, removed, or none
}

// What a file waits for with the open revision of its record. One that was added is public only when the revision is.
const (
	added    = "added"
	takenOff = "removed"
)

func (File) TableName() string { return "files" }
func (*File) Noun() string     { return "file" }

// Facts: who may do what with a file is asked of its record.
func (f *File) Facts() policy.Facts { return policy.Facts{Author: f.AddedBy} }

// content is what one or more files hold.
type content struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	Address     string
	Size        int64
	MediaType   string
	SealedBy    string     // the key that it is sealed with; empty: it is not
	CreatedAt   time.Time  `gorm:"autoCreateTime:false"`
	UnusedSince *time.Time // the last file that held it was removed then
}

func (content) TableName() string { return "file_contents" }

// part is a piece of a content, in the order of where it starts.
type part struct {
	ContentID uuid.UUID `gorm:"primaryKey"`
	Start     int64     `gorm:"primaryKey;autoIncrement:false"`
	Size      int64     // of the content
	Stored    int64     // bytes of the object
	Object    string    // its name in the store
	Progress  []byte    // how far the digests have come with it; of sealed content only while it is uploaded

	before []byte // Progress of the part in front of it
}

func (part) TableName() string { return "file_parts" }

// View is a file as a reader sees it.
type View struct {
	File
	Size      int64
	MediaType string
	Digest    string // "sha-256:…" of what is stored as it is; of others nothing is told by which a guessed content could be confirmed

	AddedBy *accounts.Person // who hung it; for its record's own people and operators

	sealedBy string // the key; empty: it is not sealed
}

// contentsOf reads what files hold, in one query.
func contentsOf(q *gorm.DB, rows []File) (map[uuid.UUID]content, error) {
	ids := make([]uuid.UUID, len(rows))
	for i, f := range rows {
		ids[i] = f.ContentID
	}
	found, err := work.ByIDs[content](q, ids)
	by := make(map[uuid.UUID]content, len(found))
	for _, c := range found {
		by[c.ID] = c
	}
	return by, err
}

// show completes files, in one query and one for each key of a record of its own.
func (s *Service) show(q *gorm.DB, _ policy.Actor, rows []File) ([]View, error) {
	by, err := contentsOf(q, rows)
	if err != nil {
		return nil, err
	}
	openers := map[string]opener{}
	out := make([]View, len(rows))
	for i, f := range rows {
		c := by[f.ContentID]
		out[i] = View{File: f, Size: c.Size, MediaType: c.MediaType, sealedBy: c.SealedBy}
		switch {
		case f.Sealed != "":
			if openers[c.SealedBy] == nil {
				if openers[c.SealedBy], err = s.opener(q, c.SealedBy); err != nil {
					return nil, err
				}
			}
			l, err := openLabel(openers[c.SealedBy], f.Sealed, "files", f.ID)
			if err != nil {
				return nil, err
			}
			out[i].Name, out[i].MediaType = l.Name, l.MediaType
		case c.SealedBy == "":
			out[i].Digest = c.Address
		}
	}
	return out, nil
}

// reach is how much of a record's files a reader may read.
type reach struct {
	inner        bool      // also those that are not public
	own          bool      // the record is their organization's, or they operate: who hung a file is nobody else's affair
	handed, seen time.Time // those that stay, and those that they see, were hung by then (kinds.Kind.Handed)
}

// mayRead finds a record and tells which of its files the reader may read.
func (s *Service) mayRead(q *gorm.DB, reader policy.Actor, noun string, id uuid.UUID) (out reach, err error) {
	k, record, err := s.kinds.One(q, reader, noun, id)
	if err != nil {
		return out, err
	}
	facts, err := work.FactsOf(q, record, k.Inner)
	if err != nil {
		return out, err
	}
	out.inner, out.own = policy.Allowed(reader, k.Inner, facts), reader.Operator || reader.MemberOf(facts.Owner)
	if k.Handed != nil {
		out.handed, out.seen, err = k.Handed(q, reader, record)
	}
	return out, err
}

// shows tells whether a reader may know of a file.
func (r reach) shows(f *File) bool {
	return (r.inner || f.Public) && (r.seen.IsZero() || !f.CreatedAt.After(r.seen))
}

// tell adds who hung files, and takes out what is to come of them, as far as the reader may know either.
func (r reach) tell(q *gorm.DB, files []View) error {
	people := accounts.Roll{}
	for i := range files {
		if r.own {
			people.Name(&files[i].File.AddedBy, &files[i].AddedBy)
		}
		if !r.inner {
			files[i].Revision = ""
		}
	}
	return people.Call(q)
}

// Query asks for the files of a record.
type Query struct {
	Kind   string    `query:"object_kind"`
	Object uuid.UUID `query:"object_id"`
}

// List lists the files of a record, the oldest first, as far as the reader may know of them.
func (s *Service) List(ctx context.Context, reader policy.Actor, in Query) ([]View, error) {
	q := s.unit.Query(ctx)
	may, err := s.mayRead(q, reader, in.Kind, in.Object)
	if err != nil {
		return nil, err
	}
	of := q.Where("object_id = ? AND object_kind = ?", in.Object, in.Kind)
	if !may.inner {
		of = of.Where("public")
	}
	if !may.seen.IsZero() {
		of = of.Where("created_at <= ?", may.seen)
	}
	var rows []File
	if err := of.Order("id").Limit(MaxEach).Find(&rows).Error; err != nil {
		return nil, err
	}
	views, err := s.show(q, reader, rows)
	if err != nil {
		return nil, err
	}
	return views, may.tell(q, views)
}

// Get reads what a file is called and what it holds.
func (s *Service) Get(ctx context.Context, reader policy.Actor, id uuid.UUID) (View, error) {
	q := s.unit.Query(ctx)
	f, err := work.Load[File](q, id)
	if err != nil {
		return View{}, err
	}
	may, err := s.mayRead(q, reader, f.ObjectKind, f.ObjectID)
	if err == nil && !may.shows(f) {
		err = fault.NotVisible.New()
	}
	if err != nil {
		return View{}, err
	}
	views, err := s.show(q, reader, []File{*f})
	if err != nil {
		return View{}, err
	}
	return views[0], may.tell(q, views)
}

// mayHang loads a record to hang something on it, or take it off: by who may edit it, and in a state in which that may be. It is held
// until the transaction ends, so that it stays in that state. The open revision that what is done becomes part of is made where now says
// that it is done now.
func (s *Service) mayHang(tx *work.Tx, noun string, id uuid.UUID, public, now bool) (on hanger, err error) {
	var refusal error
	if k, known := s.kinds.Of(noun); known {
		if k.Hold != nil {
			if refusal, err = k.Hold(tx, id); err != nil {
				return on, err
			}
		}
		if _, err := k.Load(db.ForUpdate(tx.DB), []uuid.UUID{id}); err != nil {
			return on, err
		}
	}
	if on.kind, on.record, err = s.kinds.One(tx.DB, tx.Call.Actor, noun, id); err != nil {
		return on, err
	}
	if err := kinds.Check(tx.DB, tx.Call.Actor, on.kind.Edit, on.record); err != nil {
		return on, err
	}
	if on.kind.Hangs == nil {
		return on, fault.NotAllowed.New()
	}
	if refusal != nil {
		return on, refusal
	}
	if public && on.kind.Revise != nil {
		if on.ofRevision, err = on.kind.Revise(tx, id, now); on.ofRevision || err != nil {
			return on, err
		}
	}
	return on, on.kind.Hangs(on.record, public)
}

// hanger is a record to hang something on.
type hanger struct {
	kind       kinds.Kind
	record     work.Record
	ofRevision bool // what is done becomes part of its open revision
}

// Remove takes a file off its record; a public one of what is published goes with the next revision. Its content goes later, when no other
// file holds it.
func (s *Service) Remove(ctx context.Context, call work.Call, id uuid.UUID, version int64) (work.Done, error) {
	return s.unit.Do(ctx, call, func(tx *work.Tx) error {
		f, err := work.Load[File](tx.DB, id)
		if err != nil {
			return err
		}
		may, err := s.mayRead(tx.DB, call.Actor, f.ObjectKind, f.ObjectID)
		if err != nil {
			return err
		}
		if !may.shows(f) {
			return fault.NotVisible.New()
		}
		on, err := s.mayHang(tx, f.ObjectKind, f.ObjectID, f.Public || f.Revision == added, f.Version == version)
		if err != nil {
			return err
		}
		if f.Version != version {
			return fault.VersionStale.New()
		}
		if !f.CreatedAt.After(may.handed) {
			return fault.FileHandedIn.New()
		}
		if on.ofRevision && f.Revision != added {
			return work.Move(tx, f, removed, func() error {
				if f.Revision == takenOff {
					return fault.In(takenOff, "attached")
				}
				f.Revision = takenOff
				return nil
			})
		}
		if err := work.Remove(tx, f, removed); err != nil {
			return err
		}
		return unused(tx, []uuid.UUID{f.ContentID})
	})
}

// What happens to files; it follows from who may edit the record, so that there are no actions to ask policy about.
const (
	attached  work.Deed = "file.attach"
	removed   work.Deed = "file.remove"
	published work.Deed = "file.publish"
	kept      work.Deed = "file.keep"
)

// Free removes all files of a record, in the use case that deletes it.
func Free(tx *work.Tx, record work.Ref) error {
	var rows []File
	if err := tx.Where("object_id = ? AND object_kind = ?", record.ID, record.Noun).Find(&rows).Error; err != nil {
		return err
	}
	return drop(tx, rows)
}

func drop(tx *work.Tx, rows []File) error {
	contents := make([]uuid.UUID, len(rows))
	for i := range rows {
		contents[i] = rows[i].ContentID
		if err := work.Remove(tx, &rows[i], removed); err != nil {
			return err
		}
	}
	return unused(tx, contents)
}

// unused notes that no file holds these contents any more, where that is so.
func unused(tx *work.Tx, contents []uuid.UUID) error {
	if len(contents) == 0 {
		return nil
	}
	return tx.Model(&content{}).Where("id IN ? AND NOT EXISTS (SELECT 1 FROM files WHERE files.content_id = file_contents.id)", contents).
		Update("unused_since", tx.Now).Error
}
