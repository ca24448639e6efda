package search

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

// machineMemory is what the machine has, or what the control group of this process
// may use of it; 0 is not known.
func machineMemory() uint64 {
	var s syscall.Sysinfo_t
	if syscall.Sysinfo(&s) != nil {
		return 0
	}
	memory := uint64(s.Totalram) * uint64(s.Unit) //nolint:unconvert // narrower on some machines
	for _, file := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		if b, err := os.ReadFile(file); err == nil {
			if limit, err := strconv.ParseUint(strings.TrimSpace(string(b)), 10, 64); err == nil {
				memory = min(memory, limit)
			}
		}
	}
	return memory
}
