package seal

import (
	"errors"
	"fmt"
	"strings"
)

// What can be wrong with the secret file. The error that is met is a *FileError, which names the file and says what to do.
var (
	ErrMissing    = errors.New("the secret file is missing")
	ErrUnreadable = errors.New("the secret file cannot be read")
	ErrExposed    = errors.New("the secret file can be read by others")
	ErrDamaged    = errors.New("the secret file is damaged")
	ErrWrong      = errors.New("the secret file is not the one with which this database was sealed")
)

// What can be wrong with a sealed value or stream.
var (
	ErrForm       = errors.New("seal: not a sealed value")
	ErrUnknownKey = errors.New("seal: the secret file has no such key")
	ErrBroken     = errors.New("seal: the value was changed, cut or moved, or the key is not the one it was sealed with")
)

// FileError says what is wrong with the secret file, and what to do. It never tells what is in it.
type FileError struct {
	Path   string
	Kind   error  // one of ErrMissing to ErrWrong
	Advice string // what to do
	cause  error
}

func (e *FileError) Error() string {
	s := fmt.Sprintf("%v: %s", e.Kind, e.Path)
	if e.cause != nil {
		s += fmt.Sprintf(" (%v)", e.cause)
	}
	if e.Advice != "" {
		s += ". " + e.Advice
	}
	return s
}

func (e *FileError) Unwrap() []error {
	if e.cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.cause}
}

const (
	restore = "Restore it from its backup, or set JIEBANG_SECRETS to where it is. Nothing was changed."
	narrow  = "Take the rights of others away (chmod 600), and consider its keys known: rotate them (jiebang keys rotate, reseal, retire)."
)

// Wrong says that the file lacks keys by which a database was sealed.
func Wrong(path string, ids []string) error {
	return &FileError{path, ErrWrong, "It lacks " + strings.Join(ids, ", ") + ". " + restore, nil}
}
