#!/bin/sh
# github.com/wneessen/go-mail v0.8.1: what an error of sending says about the mail.
#
# 1. A server takes a mail (250 after DATA) and hangs up: DialAndSend returns an error. The mail is delivered all the same, as
#    Msg.IsDelivered tells; sending it again because of the error sends it twice.
# 2. A server hangs up before it has answered DATA: SendError.IsTemp is false, as after a 5xx. Whoever gives up a mail whose error is not
#    temporary loses one that the server may never have taken; ErrorCode tells them apart (0, and not 5xx).
#
# Prints what it saw; exits with 1 when one of the two has changed.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >go.mod <<'MOD'
module finding

go 1.25.0
MOD
cat >main.go <<'GO'
package main

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"

	"github.com/wneessen/go-mail"
)

// serve takes one mail and hangs up, after it has said so or before.
func serve(l net.Listener, answer bool) {
	c, err := l.Accept()
	if err != nil {
		return
	}
	defer c.Close()
	in := bufio.NewScanner(c)
	say := func(s string) { fmt.Fprintf(c, "%s\r\n", s) }
	say("220 test")
	for in.Scan() {
		switch word, _, _ := strings.Cut(strings.ToUpper(in.Text()), " "); word {
		case "DATA":
			say("354 go on")
			for in.Scan() && in.Text() != "." {
			}
			if answer {
				say("250 taken")
			}
			return
		default:
			say("250 ok")
		}
	}
}

func send(answer bool) (*mail.Msg, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	defer l.Close()
	go serve(l, answer)
	m := mail.NewMsg()
	if err := errors.Join(m.From("a@example.org"), m.To("b@example.org")); err != nil {
		panic(err)
	}
	m.Subject("test")
	m.SetBodyString(mail.TypeTextPlain, "test")
	c, err := mail.NewClient("127.0.0.1", mail.WithPort(l.Addr().(*net.TCPAddr).Port), mail.WithTLSPolicy(mail.NoTLS), mail.WithoutNoop())
	if err != nil {
		panic(err)
	}
	return m, c.DialAndSend(m)
}

func main() {
	fmt.Println("go-mail", mail.VERSION)
	taken, err1 := send(true)
	fmt.Printf("1. taken, then hung up: error %v, delivered %v\n", err1 != nil, taken.IsDelivered())
	cut, err2 := send(false)
	var e *mail.SendError
	found := errors.As(err2, &e)
	fmt.Printf("2. hung up before the answer: error %v, delivered %v, temporary %v, code %d\n", err2 != nil, cut.IsDelivered(), e.IsTemp(), e.ErrorCode())
	if err1 == nil || !taken.IsDelivered() || !found || e.IsTemp() || e.ErrorCode() != 0 || cut.IsDelivered() {
		fmt.Println("changed")
		os.Exit(1)
	}
}
GO
GOFLAGS=-mod=mod go get github.com/wneessen/go-mail@v0.8.1 >/dev/null 2>&1
GOFLAGS=-mod=mod go mod tidy >/dev/null 2>&1
go run .
