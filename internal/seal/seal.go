// Package seal encrypts what must not be read in the database, in a backup or in a folder of files, and takes digests that name
// their algorithm.
//
// The keys are in one secret file (file.go). Each value names its algorithm and its key, so that several keys, and later several
// algorithms, stand side by side:
//
//	aes-256-gcm:<key>:<base64>      a sealed value (Seal); a stream has the same in its first line (SealStream)
//	hmac-sha-256:<key>:<hex>        what equal values have in common, and only who has the key can tell (Mark)
//	sha-256:<hex>                   a digest (Digest)
//
// A value belongs to a place, its context: "table.column:record". It can be opened there only, so that nobody who can write to the
// database moves one to another record. No key encrypts directly: each value and each stream has a key of its own, derived by
// HKDF-SHA-256 (RFC 5869) from the file's key, 32 random bytes, the purpose and the context. So the limits that GCM has for random
// nonces (NIST SP 800-38D, 8.3) do not come near: a derived key encrypts one value, or the numbered segments of one stream.
//
// A key of its own (inner.go) may seal what belongs to one record: it is sealed itself, as a value, by a key of the file.
//
// It decides nothing about who may read and knows no database; package keys knows which key is in use where.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
)

// Sizes of a value, in bytes.
const (
	Most     = 1 << 20 // a sealed value's plain text at most; what is longer is a stream
	saltSize = 32      // random, beside each value and stream
	keySize  = 32
)

// cipherName is the algorithm of new values.
const cipherName = "aes-256-gcm"

// markName is the algorithm of new marks.
const markName = "hmac-sha-256"

var base = base64.RawURLEncoding.Strict()

// Seal encrypts a value of at most Most bytes for its place with the newest key. A use case that keeps the value in the database asks
// keys.Use for the key instead, so that it is not retired meanwhile.
func (k *Keys) Seal(plain []byte, context string) (string, error) {
	return k.Newest().Seal(plain, context)
}

// Seal encrypts a value of at most Most bytes for its place.
func (k Key) Seal(plain []byte, context string) (string, error) {
	if len(plain) > Most {
		return "", fmt.Errorf("seal: a value has %d bytes at most", Most)
	}
	salt := make([]byte, saltSize, saltSize+len(plain)+16)
	rand.Read(salt) // never fails (crypto/rand)
	header := cipherName + ":" + k.ID + ":"
	box, err := k.cipher("value", header, context, salt)
	if err != nil {
		return "", err
	}
	// The derived key is used once, so its nonce is always the first.
	return header + base.EncodeToString(box.Seal(salt, make([]byte, box.NonceSize()), plain, nil)), nil //nolint:gosec // G407: see above
}

// Unseal opens a value at its place. The errors are ErrForm, ErrUnknownKey and ErrBroken.
func (k *Keys) Unseal(sealed, context string) ([]byte, error) { return unseal(k.find, sealed, context) }

// finder finds the key that a value names.
type finder func(id string) (Key, error)

func unseal(find finder, sealed, context string) ([]byte, error) {
	name, id, text, err := parts(sealed)
	switch {
	case err != nil:
		return nil, err
	case name != cipherName:
		return nil, fmt.Errorf("%w: algorithm %.20q", ErrForm, name)
	case base.DecodedLen(len(text)) > saltSize+Most+16:
		return nil, fmt.Errorf("%w: too long", ErrForm)
	}
	data, err := base.DecodeString(text)
	if err != nil || len(data) < saltSize {
		return nil, fmt.Errorf("%w: not in base64, or cut", ErrForm)
	}
	key, err := find(id)
	if err != nil {
		return nil, err
	}
	box, err := key.cipher("value", name+":"+id+":", context, data[:saltSize])
	if err != nil {
		return nil, err
	}
	plain, err := box.Open(nil, make([]byte, box.NonceSize()), data[saltSize:], nil)
	if err != nil {
		return nil, ErrBroken
	}
	return plain, nil
}

// Mark is what equal values of one context have in common ("the same person"): a keyed digest, since the digest of a short number
// is found by trying all numbers. Here the context is that of the comparison ("contracts.person") and not of one record.
func (k Key) Mark(plain []byte, context string) (string, error) {
	header := markName + ":" + k.ID + ":"
	derived, err := k.derive(nil, "mark", header, context)
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, derived)
	mac.Write(plain)
	return header + hex.EncodeToString(mac.Sum(nil)), nil
}

// Mark is that of the newest key.
func (k *Keys) Mark(plain []byte, context string) (string, error) {
	return k.Newest().Mark(plain, context)
}

// Marks are the marks of a value by every key that there is, the newest first: what to look for while values of older keys remain.
func (k *Keys) Marks(plain []byte, context string) ([]string, error) {
	k.Newest() // reads the file again if another process changed it
	all := k.ring.Load().keys
	out := make([]string, 0, len(all))
	for i := len(all) - 1; i >= 0; i-- {
		m, err := all[i].Mark(plain, context)
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

// KeyOf is the key that a sealed value or a mark names, without opening it.
func KeyOf(value string) (string, error) {
	_, id, _, err := parts(value)
	return id, err
}

// parts takes "algorithm:key:text" apart.
func parts(value string) (name, id, text string, err error) {
	name, rest, ok := strings.Cut(value, ":")
	if ok {
		id, text, ok = strings.Cut(rest, ":")
	}
	if !ok || name == "" || !validID(id) {
		return "", "", "", ErrForm
	}
	return name, id, text, nil
}

// cipher is the cipher of one value or stream.
func (k Key) cipher(purpose, header, context string, salt []byte) (cipher.AEAD, error) {
	derived, err := k.derive(salt, purpose, header, context)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// derive makes a key for one purpose. Each part of the info has its length before it, so that no two lists of parts are alike.
func (k Key) derive(salt []byte, parts ...string) ([]byte, error) {
	info := []byte("jiebang-seal-1")
	for _, p := range parts {
		info = binary.BigEndian.AppendUint32(info, uint32(len(p)))
		info = append(info, p...)
	}
	return hkdf.Key(sha256.New, k.secret, salt, string(info), keySize)
}
