package files_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"io"
)

// sealer encrypts for tests.
type sealer struct{}

func aead() cipher.AEAD {
	block, err := aes.NewCipher(make([]byte, 32))
	if err != nil {
		panic(err)
	}
	g, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err)
	}
	return g
}

func (sealer) SealStream(w io.Writer, context string) (io.WriteCloser, error) {
	return &sealing{w: w, context: context}, nil
}

type sealing struct {
	bytes.Buffer
	w       io.Writer
	context string
}

func (s *sealing) Close() error {
	_, err := s.w.Write(aead().Seal(nil, nil, s.Bytes(), []byte(s.context)))
	return err
}

func (sealer) UnsealStream(r io.Reader, context string) (io.Reader, error) {
	raw, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	plain, err := aead().Open(nil, nil, raw, []byte(context))
	return bytes.NewReader(plain), err
}
