package seal

import (
	"errors"
	"strings"
)

// What can be wrong with the secret file. The error that is met is a *FileError, which names the file and says what to do.
var (
	ErrMissing    error = told{"找不到密钥文件", "the secret file is missing"}
	ErrUnreadable error = told{"密钥文件无法读取", "the secret file cannot be read"}
	ErrExposed    error = told{"密钥文件可被其他用户读取", "the secret file can be read by others"}
	ErrDamaged    error = told{"密钥文件已损坏", "the secret file is damaged"}
	ErrWrong      error = told{"密钥文件不是封存此数据库所用的那一份", "the secret file is not the one with which this database was sealed"}
)

// told is said to who starts the program, in either language.
type told struct{ zh, en string }

func (t told) Error() string { return t.zh + "。 " + t.en }

// inBoth is an error in either language; the system's own are the same in both.
func inBoth(err error) told {
	var t told
	if errors.As(err, &t) {
		return t
	}
	return told{err.Error(), err.Error()}
}

// What can be wrong with a sealed value or stream.
var (
	ErrForm       = errors.New("seal: not a sealed value")
	ErrUnknownKey = errors.New("seal: the secret file has no such key")
	ErrBroken     = errors.New("seal: the value was changed, cut or moved, or the key is not the one it was sealed with")
)

// FileError says what is wrong with the secret file, and what to do. It never tells what is in it.
type FileError struct {
	Path   string
	Kind   error // one of ErrMissing to ErrWrong
	advice told  // what to do
	cause  error
}

func (e *FileError) Error() string {
	kind := inBoth(e.Kind)
	zh, en := kind.zh+"："+e.Path, kind.en+": "+e.Path
	if e.cause != nil {
		cause := inBoth(e.cause)
		zh, en = zh+"（"+cause.zh+"）", en+" ("+cause.en+")"
	}
	if e.advice != (told{}) {
		zh, en = zh+"。"+e.advice.zh, en+". "+e.advice.en
	} else {
		zh += "。"
	}
	return zh + " " + en
}

func (e *FileError) Unwrap() []error {
	if e.cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.cause}
}

var (
	restore = told{
		"请从备份恢复，或用 JIEBANG_SECRETS 指明它的位置；未作任何改动。",
		"Restore it from its backup, or set JIEBANG_SECRETS to where it is. Nothing was changed.",
	}
	narrow = told{
		"请收回其他用户的权限（chmod 600），并视其中的密钥为已泄露，予以更换（jiebang keys rotate、reseal、retire）。",
		"Take the rights of others away (chmod 600), and consider its keys known: rotate them (jiebang keys rotate, reseal, retire).",
	}
)

// Wrong says that the file lacks keys by which a database was sealed.
func Wrong(path string, ids []string) error {
	return &FileError{path, ErrWrong, told{"其中缺少 " + strings.Join(ids, "、") + "。" + restore.zh, "It lacks " + strings.Join(ids, ", ") + ". " + restore.en}, nil}
}
