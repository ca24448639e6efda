//go:build unix

package main

import (
	"syscall"
	"time"
)

// cpu is the processor time that this process has used so far, client and server together. Unlike a duration it hardly
// depends on what else the machine does.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// settle has the system write what it has not written yet, so that nobody waits for what was before.
func settle() { syscall.Sync() }
