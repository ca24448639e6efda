#!/usr/bin/env bash
# github.com/gabriel-vasile/mimetype v1.4.16, seen with Go 1.26 in November 2026.
#
# Behaviour: valid files that an office sends are told as something else than a writer of an allow list would guess.
# An OFD (GB/T 33190) is application/zip: the library does not know the format. A plain note that begins like a mail is
# message/rfc822, one that begins like subtitles application/x-subrip, whatever it is called;
# a note in Markdown that begins with a comment is text/html.
# So: tell an OFD by its directory (OFD.xml), and take what stands below text/plain in the library's tree, and is no page or
# script, for text.
#
# Fails if the output is another than the one seen.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >main.go <<'GO'
package main

import (
	"archive/zip"
	"bytes"
	"fmt"

	"github.com/gabriel-vasile/mimetype"
)

func main() {
	var ofd bytes.Buffer
	z := zip.NewWriter(&ofd)
	for name, text := range map[string]string{"OFD.xml": "<ofd:OFD/>"} {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	for _, c := range []struct {
		name string
		data []byte
	}{
		{"ofd", ofd.Bytes()},
		{"note like a mail", []byte("From: 张工\nSubject: 说明\n\n正文\n")},
		{"note like subtitles", []byte("1\n00:00:01,000 --> 00:00:02,000\n说明\n")},
		{"markdown with a comment", []byte("<!-- 草稿 -->\n# 说明\n")},
		{"note", []byte("说明\n")},
	} {
		fmt.Printf("%s: %s\n", c.name, mimetype.Detect(c.data))
	}
}
GO
cat >go.mod <<'MOD'
module finding

go 1.26

require github.com/gabriel-vasile/mimetype v1.4.16
MOD
got=$(GOFLAGS=-mod=mod go run .)
want='ofd: application/zip
note like a mail: message/rfc822
note like subtitles: application/x-subrip
markdown with a comment: text/html; charset=utf-8
note: text/plain; charset=utf-8'
echo "$got"
[ "$got" = "$want" ] || { echo "changed; it was:"; echo "$want"; exit 1; }
