//go:build !unix

package app

import "errors"

// room is not known here.
func room(string) (free, total int64, err error) { return 0, 0, errors.ErrUnsupported }
