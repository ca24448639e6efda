package files

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"jiebang/internal/fault"
	"jiebang/internal/seal"
)

// The bounds of an archive, which hold for all that is in it together, archives in it included.
const (
	maxEntries  = 10_000
	maxUnpacked = 1 << 30  // bytes
	maxRatio    = 200      // bytes unpacked for one packed, where there are more than ratioFrom
	ratioFrom   = 32 << 20 // bytes; a short file of blanks packs well
	maxDepth    = 3        // an archive in an archive in an archive; office documents are archives, too
	inMemory    = 1 << 20  // bytes of an archive in an archive that are not written to a temporary file
)

// budget is what is left of the bounds.
type budget struct {
	ctx     context.Context
	entries int
	bytes   int64
	packed  int64 // of the whole file
}

// examineZip looks at an archive whole: everything in it is unpacked, into nothing, so that its sizes are what they are and not what its
// directory says.
func examineZip(ctx context.Context, r io.ReaderAt, size int64) (media string, err error) {
	b := &budget{ctx, maxEntries, maxUnpacked, size}
	return b.archive(r, size, 1)
}

func (b *budget) archive(r io.ReaderAt, size int64, depth int) (media string, err error) {
	if depth > maxDepth {
		return "", refused("压缩包嵌套过深。", "Archives are nested too deeply.")
	}
	z, err := zip.NewReader(io.NewSectionReader(r, 0, size), size) // a directory may point anywhere
	switch {
	case brokeOff(err):
		return "", err
	case errors.Is(err, zip.ErrFormat), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		if depth > 1 {
			return "", refused("压缩包已损坏。", "The archive is damaged.")
		}
		return "", fault.FileRefused.Because("收到 %[1]d 字节，开头是压缩包或 Office 文档，但末尾的目录缺失或已损坏：文件可能在保存或传输时中断，其中的内容无法读出；请换用完整的文件。",
			"There are %[1]d bytes that begin as an archive or office document, but the directory at the end is missing or damaged: perhaps it broke off when it was saved or sent, and nothing of it can be read. Take a whole file.", size)
	case err != nil && !errors.Is(err, zip.ErrInsecurePath):
		return "", err
	}
	if b.entries -= len(z.File); b.entries < 0 {
		return "", refused(fmt.Sprintf("压缩包内文件超过 %d 个。", maxEntries), fmt.Sprintf("There are more than %d entries in the archive.", maxEntries))
	}
	names := make(map[string]bool, len(z.File))
	for _, f := range z.File {
		name, err := entryName(f)
		if err != nil {
			return "", err
		}
		key := strings.ToLower(strings.TrimSuffix(name, "/"))
		if names[key] {
			return "", refused("压缩包内有重名文件。", "A name comes twice in the archive.")
		}
		names[key] = true
		if err := b.entry(f, depth); err != nil {
			return "", err
		}
	}
	return officeType(z, names)
}

// entryName is the name of an entry as people see it; one that leads out of the folder that it is unpacked in is refused.
func entryName(f *zip.File) (string, error) {
	name := f.Name
	if f.NonUTF8 || !utf8.ValidString(name) { // Chinese Windows writes GB18030, in which a backslash is half a character
		if decoded, err := simplifiedchinese.GB18030.NewDecoder().String(name); err == nil {
			name = decoded
		}
	}
	mode := f.Mode()
	switch {
	case f.Flags&1 != 0:
		return "", refused("压缩包已加密，无法检查。", "The archive is encrypted and cannot be looked at.")
	case mode&(fs.ModeType&^fs.ModeDir) != 0:
		return "", refused("压缩包内含链接或特殊文件。", "The archive holds a link or a special file.")
	case name == "", strings.ContainsAny(name, "\\:"), path.IsAbs(name), strings.IndexFunc(name, unseen) >= 0,
		path.Clean(name) != strings.TrimSuffix(name, "/"), name == ".", name == "..", strings.HasPrefix(name, "../"):
		return "", refused("压缩包内有不安全的文件名。", "A name in the archive is not safe.")
	}
	return name, nil
}

// entry unpacks one entry.
func (b *budget) entry(f *zip.File, depth int) error {
	if err := b.ctx.Err(); err != nil {
		return err
	}
	if f.UncompressedSize64 > uint64(b.bytes) {
		return tooLarge()
	}
	r, err := f.Open()
	if errors.Is(err, zip.ErrAlgorithm) {
		return refused("压缩包使用了不常见的压缩方法。", "The archive is packed in an uncommon way.")
	}
	if err != nil {
		return damaged(err)
	}
	defer func() { _ = r.Close() }()
	counted := &counter{b: b, r: r}
	head := make([]byte, 4)
	n, err := io.ReadFull(counted, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return damaged(err)
	}
	if bytes.HasPrefix(head[:n], []byte("PK\x03\x04")) || bytes.HasPrefix(head[:n], []byte("PK\x05\x06")) {
		return b.inner(io.MultiReader(bytes.NewReader(head[:n]), counted), f.UncompressedSize64, depth)
	}
	_, err = io.Copy(io.Discard, counted)
	return damaged(err)
}

// inner looks at an archive in an archive. Its directory is at its end, so that it is unpacked first, beside what is larger than a little
// into a temporary file that has no name by then.
func (b *budget) inner(r io.Reader, size uint64, depth int) error {
	if size <= inMemory {
		whole, err := io.ReadAll(r)
		if err != nil {
			return damaged(err)
		}
		_, err = b.archive(bytes.NewReader(whole), int64(len(whole)), depth+1)
		return err
	}
	f, err := os.CreateTemp("", "jiebang-archive-*")
	if err != nil {
		return storeFault(err)
	}
	defer func() { _ = f.Close() }()
	if err := os.Remove(f.Name()); err != nil {
		return storeFault(err)
	}
	// What is in it may be sealed where it lies, so that it is never written as it is; nobody keeps this key.
	key := seal.NewInner()
	box, err := key.SealStream(tempFile{f}, f.Name())
	if err != nil {
		return err
	}
	n, err := io.Copy(box, r)
	if err != nil {
		return damaged(err)
	}
	if err := box.Close(); err != nil {
		return err
	}
	plain, err := key.UnsealAt(f, seal.SealedSize(n), f.Name())
	if err != nil {
		return err
	}
	_, err = b.archive(plain, n, depth+1)
	return err
}

// tempFile tells a failure of writing from one of reading.
type tempFile struct{ f *os.File }

func (t tempFile) Write(p []byte) (int, error) {
	n, err := t.f.Write(p)
	if err != nil {
		err = storeFault(err)
	}
	return n, err
}

// counter takes what is read off the budget.
type counter struct {
	b *budget
	r io.Reader
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if c.b.bytes -= int64(n); c.b.bytes < 0 {
		return n, tooLarge()
	}
	if used := maxUnpacked - c.b.bytes; used > ratioFrom && used/maxRatio > c.b.packed {
		return n, tooLarge()
	}
	if err == nil {
		err = c.b.ctx.Err()
	}
	return n, err
}

func tooLarge() error {
	return refused("压缩包解开后过大。", "What is in the archive is too large when it is unpacked.")
}

// brokeOff tells that reading what is stored failed, which says nothing about the archive.
func brokeOff(err error) bool { return fault.StorageUnavailable.Of(err) || fault.StorageFull.Of(err) }

// damaged tells what is wrong with an archive, unless it is something else that is wrong.
func damaged(err error) error {
	if err == nil {
		return nil
	}
	var flate interface{ Error() string }
	switch {
	case brokeOff(err):
		return err
	case errors.Is(err, zip.ErrFormat), errors.Is(err, zip.ErrChecksum), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
	case errors.As(err, &flate) && strings.HasPrefix(flate.Error(), "flate: "):
	default:
		return err
	}
	return refused("压缩包已损坏。", "The archive is damaged.")
}

// officeType tells which document an archive is. One with a program in it is none.
func officeType(z *zip.Reader, names map[string]bool) (string, error) {
	switch {
	case names["[content_types].xml"]:
		for name := range names {
			if strings.HasSuffix(name, "vbaproject.bin") {
				return "", refused("不接受含宏的文档，请另存为不含宏的格式。", "Documents with macros are not taken; save it without.")
			}
		}
		for folder, media := range map[string]string{"word/document.xml": "wordprocessingml.document", "xl/workbook.xml": "spreadsheetml.sheet", "ppt/presentation.xml": "presentationml.presentation"} {
			if names[folder] {
				return ooxml + media, nil
			}
		}
	case names["ofd.xml"]:
		return "application/ofd", nil
	case names["mimetype"]:
		return odfType(z)
	}
	return typeZip, nil
}

// odfType is what an OpenDocument says of itself.
func odfType(z *zip.Reader) (string, error) {
	for _, f := range z.File {
		if f.Name != "mimetype" || f.UncompressedSize64 > 200 {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return "", damaged(err)
		}
		defer func() { _ = r.Close() }()
		text, err := io.ReadAll(io.LimitReader(r, 200))
		return strings.TrimSpace(string(text)), damaged(err)
	}
	return typeZip, nil
}
