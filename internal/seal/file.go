package seal

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"

	"jiebang/internal/when"
)

// The secret file is JSON, of one form and version, with the keys from the oldest to the newest.
const (
	fileForm = "jiebang-secrets-1"
	fileMost = 1 << 20 // bytes
	keysMost = 1000
)

type file struct {
	Form string    `json:"form"`
	Keys []fileKey `json:"keys"`
}

type fileKey struct {
	ID        string    `json:"id"`
	CreatedAt time.Time `json:"created_at"`
	Secret    string    `json:"secret"` // 32 random bytes in base64
}

// Key is one key of the file. Its id is a digest of its secret: no two files have different keys of one id, and a changed secret is
// noticed when the file is read.
type Key struct {
	ID        string
	CreatedAt time.Time
	secret    []byte
}

// String hides the secret from every way of printing.
func (k Key) String() string { return k.ID }

// GoString does for %#v.
func (k Key) GoString() string { return k.ID }

// ring is what was read of the file once.
type ring struct {
	keys []Key // the newest last
	seen stamp
}

// stamp tells whether the file was replaced or written since.
type stamp struct {
	size     int64
	modified time.Time
	inode    os.FileInfo
}

// Keys are the keys of one secret file. It follows the file: a value with a key that another process added makes it read again, and
// so does, once a second at most, the next value to be sealed. It is safe for use by several goroutines.
type Keys struct {
	path  string
	clock when.Clock
	ring  atomic.Pointer[ring]
	mu    sync.Mutex
	asked time.Time // when the file was looked at last
}

// look is how often a running process looks at the file at most.
const look = time.Second

// Open reads the secret file. If there is none it is made where make says so, readable by its owner alone; an existing file is never
// overwritten. What is wrong is a *FileError of ErrMissing, ErrUnreadable, ErrExposed or ErrDamaged.
func Open(path string, make bool) (*Keys, error) {
	k := &Keys{path: path, clock: when.System}
	err := k.read()
	if errors.Is(err, ErrMissing) && make {
		if err = k.add(true); err == nil {
			err = k.read()
		}
	}
	if err != nil {
		return nil, err
	}
	return k, nil
}

// List is the file's keys without their secrets, the oldest first.
func (k *Keys) List() []Key { return slices.Clone(k.ring.Load().keys) }

// Path is where the file is.
func (k *Keys) Path() string { return k.path }

// Rotate adds a new key, by which everything is sealed from now on, and returns its id. The file is replaced in one step, so that a
// crash leaves the old one or the new one.
func (k *Keys) Rotate() (string, error) {
	if err := k.add(false); err != nil {
		return "", err
	}
	if err := k.read(); err != nil {
		return "", err
	}
	all := k.ring.Load().keys
	return all[len(all)-1].ID, nil
}

// Refresh reads the file again if it was replaced, without the usual pause.
func (k *Keys) Refresh() { k.follow(0) }

// Drop removes an old key for good. The newest stays. That no value needs it any more is for the caller to know.
func (k *Keys) Drop(id string) error {
	err := k.change(func(f *file) error {
		at := slices.IndexFunc(f.Keys, func(o fileKey) bool { return o.ID == id })
		switch {
		case at < 0:
			return fmt.Errorf("%w: %s", ErrUnknownKey, id)
		case at == len(f.Keys)-1:
			return fmt.Errorf("seal: %s is the newest key, by which everything is sealed; rotate first", id)
		}
		f.Keys = slices.Delete(f.Keys, at, at+1)
		return nil
	})
	if err != nil {
		return err
	}
	return k.read()
}

// Newest is the key by which new values are sealed. The file is looked at once a second at most.
func (k *Keys) Newest() Key {
	k.follow(look)
	all := k.ring.Load().keys
	return all[len(all)-1]
}

// find is the key of an id; one that is not known may have been added by another process a moment ago.
func (k *Keys) find(id string) (Key, error) {
	if key, ok := k.ring.Load().find(id); ok {
		return key, nil
	}
	k.follow(0)
	if key, ok := k.ring.Load().find(id); ok {
		return key, nil
	}
	return Key{}, fmt.Errorf("%w: %s", ErrUnknownKey, id)
}

func (r *ring) find(id string) (Key, bool) {
	for _, key := range r.keys {
		if key.ID == id {
			return key, true
		}
	}
	return Key{}, false
}

// follow reads the file again if it was replaced, unless it was looked at within a time. A file that is gone or damaged meanwhile is
// no trouble for a process that has its keys: it goes on with them, and the next start tells.
func (k *Keys) follow(within time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.clock()
	if since := now.Sub(k.asked); since >= 0 && since < within {
		return
	}
	k.asked = now
	info, err := os.Stat(k.path)
	if err != nil || k.ring.Load().seen.same(info) {
		return
	}
	if fresh, err := readFile(k.path); err == nil {
		k.ring.Store(fresh)
	}
}

func (k *Keys) read() error {
	fresh, err := readFile(k.path)
	if err != nil {
		return err
	}
	k.ring.Store(fresh)
	return nil
}

func (s stamp) same(info os.FileInfo) bool {
	return s.inode != nil && os.SameFile(s.inode, info) && s.size == info.Size() && s.modified.Equal(info.ModTime())
}

// readFile reads and checks the file.
func readFile(path string) (*ring, error) {
	wrong := func(kind error, advice told, cause error) error { return &FileError{path, kind, advice, cause} }
	f, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, wrong(ErrMissing, restore, nil)
	case err != nil:
		return nil, wrong(ErrUnreadable, told{"运行本程序的账号须能读取它。", "The account that runs the program must be able to read it."}, err)
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, wrong(ErrUnreadable, told{}, err)
	case !info.Mode().IsRegular():
		return nil, wrong(ErrUnreadable, told{"它不是普通文件。", "It is not a file."}, nil)
	// The group may read it, as secrets that are mounted into containers need it.
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o037 != 0:
		return nil, wrong(ErrExposed, narrow, nil)
	}
	data, err := io.ReadAll(io.LimitReader(f, fileMost+1))
	if err != nil {
		return nil, wrong(ErrUnreadable, told{}, err)
	}
	keys, err := parseFile(data)
	if err != nil {
		return nil, wrong(ErrDamaged, restore, err)
	}
	return &ring{keys, stamp{info.Size(), info.ModTime(), info}}, nil
}

// parseFile reads the keys of a file. Its errors tell nothing of the content.
func parseFile(data []byte) ([]Key, error) {
	if len(data) > fileMost {
		return nil, told{"过大", "too large"}
	}
	var f file
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if d.Decode(&f) != nil || d.Decode(&struct{}{}) != io.EOF {
		return nil, told{"不是原先写入的 JSON", "not the JSON that was written"}
	}
	switch {
	case f.Form != fileForm:
		return nil, told{"格式不是 " + fileForm, "not of the form " + fileForm}
	case len(f.Keys) == 0:
		return nil, told{"其中没有密钥", "it has no key"}
	case len(f.Keys) > keysMost:
		return nil, told{"其中密钥过多", "it has too many keys"}
	}
	keys := make([]Key, len(f.Keys))
	seen := map[string]bool{}
	for i, in := range f.Keys {
		secret, err := base64.StdEncoding.Strict().DecodeString(in.Secret)
		if err != nil || len(secret) != keySize || in.ID != idOf(secret) || seen[in.ID] {
			return nil, told{fmt.Sprintf("第 %d 个密钥已损坏，共 %d 个", i+1, len(f.Keys)), fmt.Sprintf("key %d of %d is damaged", i+1, len(f.Keys))}
		}
		seen[in.ID] = true
		keys[i] = Key{in.ID, in.CreatedAt, secret}
	}
	return keys, nil
}

// idOf is a key's id: 16 hexadecimal digits, a digest of its 256 random bits, from which it cannot be found.
func idOf(secret []byte) string {
	sum := sha256.Sum256(append([]byte("jiebang key id\x00"), secret...))
	return hex.EncodeToString(sum[:8])
}

func validID(id string) bool {
	if len(id) != 16 {
		return false
	}
	for _, c := range []byte(id) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// add adds a key; first says that there is no file yet.
func (k *Keys) add(first bool) error {
	fresh := func(f *file) error {
		if len(f.Keys) >= keysMost {
			return errors.New("seal: the secret file has too many keys; retire old ones")
		}
		secret := make([]byte, keySize)
		rand.Read(secret) // never fails (crypto/rand)
		f.Keys = append(f.Keys, fileKey{idOf(secret), k.clock().Truncate(time.Second), base64.StdEncoding.EncodeToString(secret)})
		return nil
	}
	if first {
		if err := os.MkdirAll(filepath.Dir(k.path), 0o700); err != nil {
			return &FileError{k.path, ErrMissing, told{"无法创建。", "It could not be made."}, err}
		}
		return k.locked(func() error {
			if _, err := readFile(k.path); !errors.Is(err, ErrMissing) {
				return nil // another process was faster, or it is for the reader to tell what is wrong
			}
			f := &file{Form: fileForm}
			if err := fresh(f); err != nil {
				return err
			}
			return k.write(f)
		})
	}
	return k.change(fresh)
}

// change reads the file, changes it and writes it, while no other process does.
func (k *Keys) change(fn func(*file) error) error {
	return k.locked(func() error {
		now, err := readFile(k.path)
		if err != nil {
			return err
		}
		f := &file{Form: fileForm}
		for _, key := range now.keys {
			f.Keys = append(f.Keys, fileKey{key.ID, key.CreatedAt, base64.StdEncoding.EncodeToString(key.secret)})
		}
		if err := fn(f); err != nil {
			return err
		}
		return k.write(f)
	})
}

func (k *Keys) locked(fn func() error) error {
	lock := flock.New(k.real()+".lock", flock.SetPermissions(0o600))
	if err := lock.Lock(); err != nil {
		return &FileError{k.path, ErrUnreadable, told{"所在文件夹须可写，才能更改它。", "Its folder must be writable to change it."}, err}
	}
	return errors.Join(fn(), lock.Close())
}

// real is the file itself where path is a link, so that all who have it by any name wait for one lock, and a link stays one.
func (k *Keys) real() string {
	if path, err := filepath.EvalSymlinks(k.path); err == nil {
		return path
	}
	return k.path
}

// write replaces the file in one step: what a crash leaves is the old file or the new one, whole.
func (k *Keys) write(f *file) error {
	path := k.real()
	data, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	t, err := os.CreateTemp(filepath.Dir(path), ".secrets-*") // 0600
	if err != nil {
		return err
	}
	_, err = t.Write(append(data, '\n'))
	if err == nil {
		err = t.Sync()
	}
	if err = errors.Join(err, t.Close()); err == nil {
		err = os.Rename(t.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(t.Name()))
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder makes a rename last.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" { // which cannot, and has no need to
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
