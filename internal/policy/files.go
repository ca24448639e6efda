package policy

// Uploads are their account's own. Who may read a file, hang it on a record or take it off is asked of the record: of its kind's actions.
var (
	UploadUse = read("upload.use", Author)
	FileKnown = read("file.read_own", Author)
)
