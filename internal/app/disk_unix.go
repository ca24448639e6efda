//go:build unix

package app

import "syscall"

// room is how many bytes of a file system may still be written, and how many it has.
func room(dir string) (free, total int64, err error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, 0, err
	}
	size := int64(s.Bsize)                                     //nolint:unconvert // of other types elsewhere
	return int64(s.Bavail) * size, int64(s.Blocks) * size, nil //nolint:unconvert // of other types elsewhere
}
