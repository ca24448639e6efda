//go:build unix

package cli

import "syscall"

// private has every file that the program writes readable by its own user only, and every folder too: the database, the index, mails,
// attachments, keys. It is done in one place, since libraries that write files ask nobody.
func private() { syscall.Umask(0o077) }
