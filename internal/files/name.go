package files

import (
	"path"
	"strings"
	"unicode/utf8"

	"jiebang/internal/fault"
	"jiebang/internal/text"
)

const maxName = 200 // characters of a file's name

// cleanName gives a file's name without blanks around it, or refuses it. Characters that nobody sees are refused, above all those that
// turn the direction of writing, by which one ending can be shown as another; so is what some system takes for a path.
func cleanName(name string) (string, error) {
	name = strings.TrimSpace(name)
	var bad fault.Fields
	bad.Length(name, "/name", 1, maxName)
	bad.Check(utf8.ValidString(name) && strings.IndexFunc(name, unseen) < 0, "/name", fault.BadCharacters,
		"含有不可见的字符", "It holds a character that nobody sees")
	bad.Check(!strings.ContainsAny(name, `/\:*?"<>|`) && !strings.HasPrefix(name, ".") && !strings.HasSuffix(name, "."), "/name", fault.BadFormat,
		"是文件名而非路径，不含 / \\ : * ? \" < > |，也不以点开头或结尾", "A file's name and not a path: without / \\ : * ? \" < > |, and with no dot at either end")
	if _, known := endings[ending(name)]; !known {
		bad.Check(false, "/name", fault.NotOffered, "不接受此类文件，可用：%[1]s", "Not a kind of file that is taken; there are %[1]s", strings.Join(taken, " "))
	}
	return name, bad.Err()
}

// unseen tells what leaves no mark of its own, but for the ideographic blank.
func unseen(r rune) bool { return r != '　' && text.Unseen(r) }

// ending is the last part of a name, in lower case: "pdf".
func ending(name string) string { return strings.ToLower(strings.TrimPrefix(path.Ext(name), ".")) }
