package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/google/uuid"
	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	_ "gocloud.dev/blob/s3blob" // s3://
	"gocloud.dev/gcerrors"

	"jiebang/internal/fault"
)

// Store keeps the parts of contents in a folder or a bucket. An object's name is an identifier of its own: no name is given twice, so
// that whoever takes an object away that nothing refers to cannot hit one that was just written. Names of before begin with the SHA-256 of the
// object's bytes.
type Store struct {
	bucket *blob.Bucket
	dir    string // where it is a folder
}

// NewStore makes a store of a bucket.
func NewStore(bucket *blob.Bucket) *Store { return &Store{bucket: bucket} }

// OpenStore opens the store that a URL names: file:///folder, or s3://bucket?region=…&endpoint=… (gocloud.dev/blob/s3blob).
func OpenStore(ctx context.Context, address string) (*Store, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("it must be a URL, such as file:///var/lib/jiebang/files or s3://bucket?region=cn-north-1")
	}
	switch {
	case u.Scheme == "file" && u.Host == "" && filepath.IsAbs(u.Path) && u.RawQuery == "":
		return openFolder(u.Path)
	case u.Scheme == "s3" && u.Host != "":
		q := u.Query()
		for _, name := range []string{"request_checksum_calculation", "response_checksum_validation"} {
			if !q.Has(name) {
				q.Set(name, "when_required") // other makers' servers do not know the sums that the SDK adds by itself; ours are checked anyway
			}
		}
		u.RawQuery = q.Encode()
		b, err := blob.OpenBucket(ctx, u.String())
		if err != nil {
			return nil, err
		}
		return NewStore(b), nil
	}
	return nil, errors.New("it must be file:///folder or s3://bucket?region=…&endpoint=…")
}

// openFolder opens a folder. What is being written lies beside what was written, since another place may be on another mount; there are
// no files of attributes, which nobody would ask.
func openFolder(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, err
	}
	b, err := fileblob.OpenBucket(dir, &fileblob.Options{NoTempDir: true, Metadata: fileblob.MetadataDontWrite, DirFileMode: 0o750})
	if err != nil {
		return nil, err
	}
	return &Store{b, dir}, nil
}

// Close lets go of it.
func (s *Store) Close() error { return s.bucket.Close() }

// objectName is how our objects are called; what else lies in the store is not ours, or was left behind half written.
var objectName = regexp.MustCompile(`^[0-9a-f]{2}/(?:([0-9a-f]{64})-)?[0-9a-f-]{36}$`)

// halfWritten is what fileblob calls an object of ours while it writes it.
var halfWritten = regexp.MustCompile(`^[0-9a-f]{2}/(?:[0-9a-f]{64}-)?[0-9a-f-]{36}\.[0-9a-f]+\.tmp$`)

// put writes bytes that nobody else knows of yet, and returns the name of the object. It need not last before sync.
func (s *Store) put(ctx context.Context, content uuid.UUID, data []byte) (name string, err error) {
	o, err := s.create(ctx, content)
	if err != nil {
		return "", err
	}
	if _, err := o.Write(data); err != nil {
		o.drop()
		return "", err
	}
	return o.name, o.close()
}

// object is one that is being written, and is there once it is closed; what is dropped leaves nothing.
type object struct {
	name   string
	to     *blob.Writer
	ctx    context.Context
	cancel context.CancelCauseFunc
}

// create begins an object. What belongs to one content lies together.
func (s *Store) create(ctx context.Context, content uuid.UUID) (*object, error) {
	o := &object{name: hex.EncodeToString(content[15:]) + "/" + uuid.NewString()}
	o.ctx, o.cancel = context.WithCancelCause(ctx)
	err := o.inTime(func() (err error) {
		o.to, err = s.bucket.NewWriter(o.ctx, o.name, &blob.WriterOptions{
			ContentType: "application/octet-stream", DisableContentTypeDetection: true, MaxConcurrency: 1,
		})
		return err
	})
	if err != nil {
		o.cancel(nil)
		return nil, err
	}
	return o, nil
}

func (o *object) Write(p []byte) (n int, err error) {
	err = o.inTime(func() error { n, err = o.to.Write(p); return err })
	return n, err
}

func (o *object) close() error {
	defer o.cancel(nil)
	return o.inTime(o.to.Close)
}

func (o *object) drop() {
	o.cancel(nil) // a writer that is closed now takes back what it wrote
	_ = o.to.Close()
}

// errSlow says that a store took more than a minute for a step.
var errSlow = errors.New("files: the store does not answer")

// inTime bounds the time of one step, and not of the whole: between two of them whoever sends the bytes takes theirs.
func (o *object) inTime(step func() error) error {
	late := time.AfterFunc(time.Minute, func() { o.cancel(errSlow) })
	defer late.Stop()
	err := step()
	if errors.Is(err, context.Canceled) && errors.Is(context.Cause(o.ctx), errSlow) {
		err = errSlow
	}
	return storeFaults(err)
}

// sync makes objects last. In a bucket they do as soon as they are written; in a folder the bytes must reach the disk, and the names.
func (s *Store) sync(names []string) error {
	if s.dir == "" {
		return nil
	}
	var paths []string
	for _, n := range names {
		paths = append(paths, filepath.Join(s.dir, filepath.FromSlash(n)))
	}
	for _, n := range names {
		if folder := filepath.Dir(filepath.Join(s.dir, filepath.FromSlash(n))); !slices.Contains(paths, folder) {
			paths = append(paths, folder)
		}
	}
	return storeFaults(syncAll(append(paths, s.dir)))
}

// syncAll syncs files and folders, several at once: a disk that is asked for them one by one waits for itself in between.
func syncAll(paths []string) error {
	errs := make([]error, len(paths))
	var all sync.WaitGroup
	next := make(chan int)
	for range min(syncsAtOnce, len(paths)) {
		all.Go(func() {
			for i := range next {
				f, err := os.Open(paths[i])
				if err == nil {
					err = errors.Join(f.Sync(), f.Close())
				}
				errs[i] = err
			}
		})
	}
	for i := range paths {
		next <- i
	}
	close(next)
	all.Wait()
	return errors.Join(errs...)
}

const syncsAtOnce = 4

// storeFaults is storeFault of what may be no failure.
func storeFaults(err error) error {
	if err == nil {
		return nil
	}
	return storeFault(err)
}

// errDamaged says that what is stored is not what was stored. It is our failure, and nothing that a caller could mend.
var errDamaged = errors.New("files: stored content is missing or damaged")

// named tells whether an object has a digest in its name.
func named(object string) bool {
	m := objectName.FindStringSubmatch(object)
	return m != nil && m[1] != ""
}

// get reads an object into a buffer of just its size, and holds it to the digest in its name, if there is one.
func (s *Store) get(ctx context.Context, name string, into []byte) error {
	r, err := s.bucket.NewReader(ctx, name, nil)
	if err != nil {
		if gcerrors.Code(err) == gcerrors.NotFound {
			return fmt.Errorf("%w: %s is missing", errDamaged, name)
		}
		return storeFault(err)
	}
	defer func() { _ = r.Close() }()
	if r.Size() != int64(len(into)) {
		return fmt.Errorf("%w: %s has %d bytes, not %d", errDamaged, name, r.Size(), len(into))
	}
	if _, err := io.ReadFull(r, into); err != nil {
		return storeFault(err)
	}
	if !named(name) {
		return nil
	}
	if sum := sha256.Sum256(into); objectName.FindStringSubmatch(name)[1] != hex.EncodeToString(sum[:]) {
		return fmt.Errorf("%w: %s does not have its digest", errDamaged, name)
	}
	return nil
}

// remove takes objects away; one that is gone already is no error.
func (s *Store) remove(ctx context.Context, names []string) error {
	var errs []error
	for _, n := range names {
		if err := s.bucket.Delete(ctx, n); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
			errs = append(errs, storeFault(err))
		}
	}
	return errors.Join(errs...)
}

// each lists what the store holds of ours and is older than a moment, by some hundreds.
func (s *Store) each(ctx context.Context, before time.Time, fn func(names []string) error) error {
	var some []string
	list := s.bucket.List(nil)
	for {
		o, err := list.Next(ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return storeFault(err)
		}
		if o.ModTime.Before(before) && (objectName.MatchString(o.Key) || halfWritten.MatchString(o.Key)) {
			some = append(some, o.Key)
		}
		if len(some) == 500 {
			if err := fn(some); err != nil {
				return err
			}
			some = some[:0]
		}
	}
	if len(some) == 0 {
		return nil
	}
	return fn(some)
}

// full are the codes by which S3 and its kin say that there is no room.
var full = []string{"QuotaExceeded", "InsufficientStorage", "StorageFull", "InsufficientCapacity", "EntityQuotaExceeded"}

// storeFault tells a store that is full from one that is away. Texts of the store name folders and hosts, and stay in the log.
func storeFault(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	var coded interface{ ErrorCode() string }
	isFull := errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
	if errors.As(err, &coded) {
		for _, code := range full {
			isFull = isFull || strings.Contains(coded.ErrorCode(), code)
		}
	}
	if isFull {
		f := fault.StorageFull.From(err)
		f.RetryAfter = time.Minute
		return f
	}
	f := fault.StorageUnavailable.From(err)
	f.RetryAfter = 5 * time.Second
	return f
}
