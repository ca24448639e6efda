//go:build unix

package db

import (
	"fmt"
	"io/fs"
	"syscall"
)

// fileNumber is what a file is called by its file system, whatever its name.
func fileNumber(file fs.FileInfo) string {
	if s, ok := file.Sys().(*syscall.Stat_t); ok {
		return fmt.Sprintf("file:%d", s.Ino)
	}
	return ""
}
