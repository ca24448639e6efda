package app

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// That a data folder's room is not known is said where there was a folder, and of a command that has none yet it is not.
func TestADataFolderThatIsNotThereYetIsNoTrouble(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	d := &disk{dir: filepath.Join(t.TempDir(), "data"), reserve: 1 << 20, room: room}
	look := func() int64 {
		d.looked = time.Time{}
		free, _ := d.state()
		return free
	}
	if look() != 0 || log.Len() > 0 {
		t.Errorf("not there yet: %s", &log)
	}
	if err := os.Mkdir(d.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if look() == 0 || log.Len() > 0 {
		t.Errorf("it is there: %s", &log)
	}
	if err := os.Remove(d.dir); err != nil {
		t.Fatal(err)
	}
	if look() != 0 || !strings.Contains(log.String(), "level=WARN") {
		t.Errorf("it is gone: %q", &log)
	}
}
