package embed

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/gofrs/flock"
)

// ErrCacheInUse says that another process, or another Cache, has the folder.
var ErrCacheInUse = errors.New("embed: the cache folder is in use")

// Cache keeps vectors on disk by the SHA-256 of model and text, so that an index
// that is built again costs no request. It can be deleted at any time.
//
// It is two files of records that are only appended to. When the younger one is
// half the bound, the older one is deleted and a new one begun; a vector that is
// read from the older one is appended to the younger, so what is used stays.
// Each record carries checksums: after a crash the file is cut at the first
// record that is not whole, and a record whose vector is damaged is not there.
// Vectors are kept as they came, 4 bytes a component: how they are packed in
// memory may change without asking the endpoint again.
type Cache struct {
	lock *flock.Flock
	dir  string
	half int64 // bytes of one file

	mu     sync.Mutex
	files  []*generation // the younger last
	failed error         // the first failure to write
}

// generation is one file, with the place of every record in it.
type generation struct {
	number int
	file   *os.File
	size   int64
	places map[fingerprint]int64
}

type (
	digest [sha256.Size]byte
	// fingerprint is the part of a digest that is held in memory; the record has
	// all of it.
	fingerprint [16]byte
)

// A record is a header (digest, number of components, checksum of the vector,
// checksum of the header) and the vector, all little endian.
const (
	headerSize       = sha256.Size + 4 + 4 + 4
	defaultCacheSize = 2 << 30
	fileExtension    = ".vectors"
)

var crcTable = crc32.MakeTable(crc32.Castagnoli)

// OpenCache opens the cache in dir, which is created if it is missing. It grows
// to about maxBytes on disk; 0 means 2 GiB, enough for some 600,000 texts at 768
// dimensions. In memory a record takes about 40 bytes.
func OpenCache(dir string, maxBytes int64) (*Cache, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("embed: cache: %w", err)
	}
	lock := flock.New(filepath.Join(dir, "lock"))
	got, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("embed: cache: %w", err)
	}
	if !got {
		return nil, ErrCacheInUse
	}
	if maxBytes <= 0 {
		maxBytes = defaultCacheSize
	}
	c := &Cache{lock: lock, dir: dir, half: maxBytes / 2}
	if err := c.open(); err != nil {
		return nil, errors.Join(fmt.Errorf("embed: cache: %w", err), c.Close())
	}
	return c, nil
}

// open reads the places of all records in the youngest two files and removes the
// others.
func (c *Cache) open() error {
	names, err := filepath.Glob(filepath.Join(c.dir, "*"+fileExtension))
	if err != nil {
		return err
	}
	var numbers []int
	for _, name := range names {
		if n, err := strconv.Atoi(strings.TrimSuffix(filepath.Base(name), fileExtension)); err == nil {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	for i, n := range numbers {
		if i < len(numbers)-2 {
			if err := os.Remove(c.name(n)); err != nil {
				return err
			}
			continue
		}
		if err := c.add(n); err != nil {
			return err
		}
	}
	if len(c.files) == 0 {
		return c.add(1)
	}
	return nil
}

func (c *Cache) name(n int) string {
	return filepath.Join(c.dir, fmt.Sprintf("%08d%s", n, fileExtension))
}

// add opens a file as the youngest.
func (c *Cache) add(number int) error {
	f, err := os.OpenFile(c.name(number), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	g := &generation{number: number, file: f, places: map[fingerprint]int64{}}
	if err := g.scan(); err != nil {
		return errors.Join(err, f.Close())
	}
	c.files = append(c.files, g)
	return nil
}

// scan reads the headers, and cuts the file where one is not whole. Vectors are
// checked when they are read: that would take as long as reading all.
func (g *generation) scan() error {
	info, err := g.file.Stat()
	if err != nil {
		return err
	}
	var h [headerSize]byte
	for g.size+headerSize <= info.Size() {
		if _, err := g.file.ReadAt(h[:], g.size); err != nil {
			return err
		}
		n, ok := components(h[:])
		end := g.size + headerSize + 4*int64(n)
		if !ok || end > info.Size() {
			break
		}
		g.places[fingerprint(h[:16])] = g.size
		g.size = end
	}
	if g.size < info.Size() {
		return g.file.Truncate(g.size)
	}
	return nil
}

// components reads the number of components from a header that is whole.
func components(h []byte) (int, bool) {
	end := headerSize - 4
	n := binary.LittleEndian.Uint32(h[sha256.Size:])
	whole := binary.LittleEndian.Uint32(h[end:]) == crc32.Checksum(h[:end], crcTable)
	return int(n), whole && n > 0 && n <= maxDimension
}

// keyOf is the digest of model and text. The model's length comes first, so that
// no other division of the same characters gives the same digest.
func keyOf(model, text string) digest {
	h := sha256.New()
	var n [8]byte
	binary.LittleEndian.PutUint64(n[:], uint64(len(model)))
	h.Write(n[:])
	_, _ = io.WriteString(h, model) // a hash takes everything
	_, _ = io.WriteString(h, text)
	return digest(h.Sum(nil))
}

// Get returns the vector of a text under a model, nil if it is not there.
func (c *Cache) Get(model, text string) []float32 {
	key := keyOf(model, text)
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := len(c.files) - 1; i >= 0; i-- {
		g := c.files[i]
		at, there := g.places[fingerprint(key[:16])]
		if !there {
			continue
		}
		v := g.read(at, key)
		if v == nil {
			delete(g.places, fingerprint(key[:16]))
			continue
		}
		if i < len(c.files)-1 {
			c.append(key, v)
		}
		return v
	}
	return nil
}

// read returns the vector of the record at a place, nil if it is damaged or
// another text's.
func (g *generation) read(at int64, key digest) []float32 {
	var h [headerSize]byte
	if _, err := g.file.ReadAt(h[:], at); err != nil {
		return nil
	}
	n, ok := components(h[:])
	if !ok || !bytes.Equal(h[:sha256.Size], key[:]) {
		return nil
	}
	data := make([]byte, 4*n)
	if _, err := g.file.ReadAt(data, at+headerSize); err != nil {
		return nil
	}
	if crc32.Checksum(data, crcTable) != binary.LittleEndian.Uint32(h[sha256.Size+4:]) {
		return nil
	}
	v := make([]float32, n)
	for i := range v {
		v[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return v
}

// Put keeps the vector of a text under a model. A disk that takes no more makes
// the cache forget, not its user fail: Close returns what went wrong.
func (c *Cache) Put(model, text string, v []float32) {
	if len(v) == 0 || len(v) > maxDimension {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.append(keyOf(model, text), v)
}

func (c *Cache) append(key digest, v []float32) {
	if len(c.files) == 0 {
		return // closed
	}
	err := c.write(key, v)
	if err != nil && c.failed == nil {
		c.failed = fmt.Errorf("embed: cache: %w", err)
	}
}

func (c *Cache) write(key digest, v []float32) error {
	record := make([]byte, headerSize, headerSize+4*len(v))
	for _, x := range v {
		record = binary.LittleEndian.AppendUint32(record, math.Float32bits(x))
	}
	copy(record, key[:])
	binary.LittleEndian.PutUint32(record[sha256.Size:], uint32(len(v)))
	binary.LittleEndian.PutUint32(record[sha256.Size+4:], crc32.Checksum(record[headerSize:], crcTable))
	binary.LittleEndian.PutUint32(record[headerSize-4:], crc32.Checksum(record[:headerSize-4], crcTable))
	young := c.files[len(c.files)-1]
	if young.size > 0 && young.size+int64(len(record)) > c.half {
		if err := c.add(young.number + 1); err != nil {
			return err
		}
		young = c.files[len(c.files)-1]
		for len(c.files) > 2 {
			old := c.files[0]
			c.files = c.files[1:]
			if err := errors.Join(old.file.Close(), os.Remove(c.name(old.number))); err != nil {
				return err
			}
		}
	}
	if _, err := young.file.WriteAt(record, young.size); err != nil {
		return err // the next record is written over what came of it
	}
	young.places[fingerprint(key[:16])] = young.size
	young.size += int64(len(record))
	return nil
}

// Len is how many vectors are kept; one that is in both files counts twice.
func (c *Cache) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, g := range c.files {
		n += len(g.places)
	}
	return n
}

// Close ends the use of the folder; afterwards nothing is found and nothing
// kept. It returns the first failure to write since OpenCache, if there was one.
func (c *Cache) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	err := c.failed
	for _, g := range c.files {
		err = errors.Join(err, g.file.Close())
	}
	c.files, c.failed = nil, nil
	return errors.Join(err, c.lock.Unlock())
}
