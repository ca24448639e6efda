package seal

import (
	"crypto/rand"
	"fmt"
	"io"
)

// An inner key seals what belongs to one record and has a life of its own, such as the bids of a challenge. It is 32 random bytes that stand
// in the database as a value sealed by a key of the secret file, for their place. What it seals looks as everything that is sealed does, and
// names the inner key: so the file's keys are turned over by sealing the inner key anew, and nothing that it sealed is written again.

// NewInner makes an inner key.
func NewInner() Key {
	secret := make([]byte, keySize)
	rand.Read(secret) // never fails (crypto/rand)
	return Key{ID: idOf(secret), secret: secret}
}

// Wrap is an inner key as a value that is sealed by another key, for its place.
func (k Key) Wrap(by Key, context string) (string, error) { return by.Seal(k.secret, context) }

// Unwrap opens what Wrap made, at its place.
func (k *Keys) Unwrap(wrapped, context string) (Key, error) {
	secret, err := k.Unseal(wrapped, context)
	if err != nil {
		return Key{}, err
	}
	if len(secret) != keySize {
		return Key{}, fmt.Errorf("%w: not a key", ErrForm)
	}
	return Key{ID: idOf(secret), secret: secret}, nil
}

// Unseal opens a value that this key sealed, at its place. The errors are those of Keys.Unseal.
func (k Key) Unseal(sealed, context string) ([]byte, error) { return unseal(k.alone, sealed, context) }

// UnsealStream opens a stream that this key sealed, as Keys.UnsealStream does.
func (k Key) UnsealStream(r io.Reader, context string) (io.Reader, error) {
	return unsealStream(k.alone, r, context)
}

// UnsealAt opens a stream that this key sealed, as Keys.UnsealAt does.
func (k Key) UnsealAt(r io.ReaderAt, size int64, context string) (*io.SectionReader, error) {
	return unsealAt(k.alone, r, size, context)
}

// alone knows one key.
func (k Key) alone(id string) (Key, error) {
	if id != k.ID {
		return Key{}, fmt.Errorf("%w: %s", ErrUnknownKey, id)
	}
	return k, nil
}
