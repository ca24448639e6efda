package files

import (
	"bytes"
	"context"
)

// Examine finds out what a content is, as Complete does.
func Examine(name string, data []byte) (string, error) {
	return examine(context.Background(), name, bytes.NewReader(data), int64(len(data)))
}

// CleanName is what a name becomes, or how it is refused.
var CleanName = cleanName

// OpenFolder opens a folder as a store.
var OpenFolder = openFolder
