package web_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"jiebang/internal/db"
	"jiebang/internal/db/dbtest"
)

// sendFile sends a form with a file as a browser does.
func (r *reader) sendFile(action string, form url.Values, name string, content []byte) page {
	r.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for field := range form {
		if err := w.WriteField(field, form.Get(field)); err != nil {
			r.Fatal(err)
		}
	}
	to, err := w.CreateFormFile("file", name)
	if err != nil {
		r.Fatal(err)
	}
	_, _ = to.Write(content)
	_ = w.Close()
	return r.sendForm(action, w.FormDataContentType(), &b)
}

func (r *reader) sendForm(action, kind string, body io.Reader) page {
	r.Helper()
	q, err := http.NewRequestWithContext(r.Context(), http.MethodPost, r.URL+action, body)
	if err != nil {
		r.Fatal(err)
	}
	q.Header.Set("Content-Type", kind)
	q.Header.Set("Origin", r.URL)
	return r.send(q)
}

var (
	uploadTo = regexp.MustCompile(`action="(/upload/[^"]*)"`)
	fileLink = regexp.MustCompile(`/files/[0-9a-f-]{36}/[^"]*`)
)

// action is where the form of a page sends a file.
func (p page) action(t *testing.T) string {
	t.Helper()
	m := uploadTo.FindStringSubmatch(p.Text)
	if m == nil {
		t.Fatalf("%s takes no file: %s", p.Path, plain(p.Text))
	}
	return m[1]
}

// Somebody hangs a file on a record by the form of its page, and reads it again; what is no file that may be, is empty, or comes twice is told at
// the form and leaves nothing behind; and a table of results is tried, mended and written step by step.
func TestFilesAndImports(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, o db.Options) {
		p := newPortal(t, o)
		r := p.reader("lin.yanzhou")
		var own struct {
			Items []struct {
				ID    string `json:"id"`
				Owner struct{ Name, ID string }
			}
		}
		r.call(http.MethodGet, "/v1/results?limit=100", "", nil, &own)
		path, owner := "", ""
		for _, one := range own.Items {
			if one.Owner.Name == "盛北理工大学" {
				path, owner = "/results/"+one.ID, one.Owner.ID
			}
		}
		r.papers(path)
		r.imports(owner)
		r.halfAFile(path)
	})
}

func (r *reader) papers(path string) {
	r.Helper()
	record := r.get(path).want(r.T, http.StatusOK, "附件", `enctype="multipart/form-data"`)
	before := len(fileLink.FindAllString(record.Text, -1))
	action := record.action(r.T)
	form := record.hidden(action)
	pdf := []byte("%PDF-1.4\n" + strings.Repeat("0 obj\r\n--boundary\r\n", 40_000) + "%%EOF\n")
	r.sendFile(action, form, "空.pdf", nil).want(r.T, http.StatusBadRequest, "还没有选择文件", `id="e-file"`)
	r.sendFile(action, form, "工具.exe", []byte("MZ\x90\x00 not a document")).want(r.T, http.StatusBadRequest, "不接受此类文件")
	form = r.get(path).hidden(action)
	for range 2 { // the second is another click on the same button
		if next := r.sendFile(action, form, "检测 报告.pdf", pdf).want(r.T, http.StatusSeeOther).Header.Get("Location"); next != path+"?done=completeUpload" {
			r.Fatal(next)
		}
	}
	shown := r.get(path).want(r.T, http.StatusOK, "检测 报告.pdf", "742.2 KB", "PDF")
	links := fileLink.FindAllString(shown.Text, -1)
	if len(links) != before+1 {
		r.Fatal(links)
	}
	last := links[before]
	got := r.get(last).want(r.T, http.StatusOK)
	if got.Text != string(pdf) || !strings.HasPrefix(got.Header.Get("Content-Disposition"), "attachment;") || got.Header.Get("Content-Type") != "application/pdf" {
		r.Errorf("the file comes as %d bytes, %v", len(got.Text), got.Header)
	}
	r.reader("").get(last).want(r.T, http.StatusNotFound, "<h1")
	r.reader("guan.tiefeng").sendFile(action, form, "别人的.pdf", pdf).want(r.T, http.StatusForbidden, "附件没有上传")
	removes := regexp.MustCompile(`/do/deleteFile\?[^"]*`).FindAllString(shown.Text, -1)
	remove := removes[len(removes)-1]
	ask := r.get(strings.ReplaceAll(remove, "&amp;", "&")).want(r.T, http.StatusOK)
	r.post("/do/deleteFile", ask.hidden("/do/deleteFile")).want(r.T, http.StatusSeeOther)
	if strings.Contains(r.get(path).Text, "检测 报告.pdf") {
		r.Error("it is there after it was removed")
	}
}

// halfAFile breaks off in the middle: nothing is left, and there is room for as many as before.
func (r *reader) halfAFile(path string) {
	r.Helper()
	action := r.get(path).action(r.T)
	for range 12 { // more than may be under way at a time
		text := "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n%PDF-1.4 and then it ends\r\n--b--"
		r.sendForm(action, "multipart/form-data; boundary=b", strings.NewReader(text)).want(r.T, http.StatusBadRequest)
	}
	r.sendFile(action, r.get(path).hidden(action), "整.pdf", []byte("%PDF-1.4\n%%EOF\n")).want(r.T, http.StatusSeeOther)
}

func (r *reader) imports(owner string) {
	r.Helper()
	start := r.get("/desk/import").want(r.T, http.StatusOK, "批量导入", "/download/downloadImportTemplate?kind=result", "盛北理工大学")
	if sheet := r.get("/download/downloadImportTemplate?kind=result"); !strings.HasPrefix(sheet.Text, "PK") {
		r.Errorf("the template: %d", sheet.Status)
	}
	form := start.hidden("/do/createImport")
	form.Set("kind", "result")
	r.post("/do/createImport", form).want(r.T, http.StatusBadRequest, "批量导入", "f-owner_id") // the same page, with what is missing
	form.Set("owner_id", owner)
	at := r.post("/do/createImport", form).want(r.T, http.StatusSeeOther).Header.Get("Location")
	path, _, _ := strings.Cut(at, "?")
	send := func(table string) page {
		empty := r.get(path)
		action := empty.action(r.T)
		r.sendFile(action, empty.hidden(action), "清单.csv", []byte(table)).want(r.T, http.StatusSeeOther)
		return r.get(path).want(r.T, http.StatusOK, "试导入")
	}
	run := func(shown page, dry bool) page {
		form := shown.hidden("/do/startImport")
		form.Del("dry_run")
		if dry {
			form.Set("dry_run", "true")
		}
		r.post("/do/startImport", form).want(r.T, http.StatusSeeOther)
		for until := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
			if now := r.get(path).want(r.T, http.StatusOK); !strings.Contains(now.Text, `id="live"`) {
				return now
			} else if time.Now().After(until) {
				r.Fatal("it does not end")
			}
		}
	}
	const heading = "编号,成果名称,成果简介,技术领域,技术成熟度\n"
	good := "D-1,晶圆划片液在线净化,划片冷却液在线过滤与杀菌一体，换液周期由两周延长到三个月。,先进制造,7\n"
	run(send(heading+good+"D-2,短,短,先进制造,十七\n"), true).want(r.T, http.StatusOK, "还没有写入", "识别出的表头", "需要修改的行", "/download/downloadImportWorkbook?id=")
	if book := r.get("/download/downloadImportWorkbook?id=" + strings.TrimPrefix(path, "/desk/imports/")); !strings.HasPrefix(book.Text, "PK") {
		r.Errorf("the workbook: %d", book.Status)
	}
	ready := run(send(heading+good), true).want(r.T, http.StatusOK, "每一行都可以写入")
	run(ready, false).want(r.T, http.StatusOK, "已写入", "查看记录", "全部提交")
	r.get(path+"/rows").want(r.T, http.StatusOK, "D-1")
	r.get("/desk/results").want(r.T, http.StatusOK, "晶圆划片液在线净化", "/download/exportRecords?kind=result")
}
