package seal

import (
	"bytes"
	"fmt"
	"io"
)

// What is in memory as a whole is sealed and opened as a stream without being copied piece by piece: the bytes are those that SealStream
// writes, and UnsealStream reads them.

// AppendStream appends to dst the whole stream of plain, for its place. dst grows at most once, by SealedSize of plain, and overlaps with nothing.
func (k Key) AppendStream(dst, plain []byte, context string) ([]byte, error) {
	head, box, err := k.streamHead(context)
	if err != nil {
		return nil, err
	}
	if need := len(dst) + int(SealedSize(int64(len(plain)))); cap(dst) < need {
		dst = append(make([]byte, 0, need), dst...)
	}
	dst = append(dst, head...)
	for number := uint64(0); ; number++ {
		segment := plain[:min(segmentSize, len(plain))]
		plain = plain[len(segment):]
		dst = box.Seal(dst, nonce(number, len(plain) == 0), segment, nil)
		if len(plain) == 0 {
			return dst, nil
		}
	}
}

// AppendUnsealed appends to dst what a whole stream holds, at its place; dst overlaps with nothing. The errors are those of UnsealStream, and with one
// there is nothing.
func (k *Keys) AppendUnsealed(dst, sealed []byte, context string) ([]byte, error) {
	return appendUnsealed(k.find, dst, sealed, context)
}

// AppendUnsealed is Keys.AppendUnsealed for what this key sealed.
func (k Key) AppendUnsealed(dst, sealed []byte, context string) ([]byte, error) {
	return appendUnsealed(k.alone, dst, sealed, context)
}

func appendUnsealed(find finder, dst, sealed []byte, context string) ([]byte, error) {
	box, err := streamCipher(find, bytes.NewReader(sealed), context)
	if err != nil {
		return nil, err
	}
	rest := sealed[StreamOverhead:]
	for number := uint64(0); ; number++ {
		segment := rest[:min(boxSize, len(rest))]
		rest = rest[len(segment):]
		if dst, err = box.Open(dst, nonce(number, len(rest) == 0), segment, nil); err != nil || len(segment) == tagSize && number > 0 {
			return nil, ErrBroken
		}
		if len(rest) == 0 {
			return dst, nil
		}
	}
}

// WriteTags writes what a whole stream is proved by, its beginning and the tag of each segment: whoever does not have its key cannot make
// another one of which these are the same. A digest of it stands for one of the whole, at next to no cost.
func WriteTags(to io.Writer, sealed []byte) error {
	if len(sealed) < StreamOverhead+tagSize {
		return fmt.Errorf("%w: the stream is cut", ErrForm)
	}
	if _, err := to.Write(sealed[:StreamOverhead]); err != nil {
		return err
	}
	for rest := sealed[StreamOverhead:]; len(rest) > 0; {
		segment := rest[:min(boxSize, len(rest))]
		rest = rest[len(segment):]
		if _, err := to.Write(segment[max(0, len(segment)-tagSize):]); err != nil {
			return err
		}
	}
	return nil
}
