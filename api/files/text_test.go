package files

import (
	"errors"
	"strings"
	"testing"
)

// TestTexts: text comes in as what people save here, and nothing that is none of it.
func TestTexts(t *testing.T) {
	for _, c := range []struct {
		name, file, content, says string
		want                      error
	}{
		{"UTF-8", "说明.txt", "建设内容\n一、平台", "建设内容\n一、平台", nil},
		{"UTF-8 with its mark", "说明.TXT", "\xef\xbb\xbf建设", "建设", nil},
		{"GBK", "说明.txt", "\xbd\xa8\xc9\xe8\xc4\xda\xc8\xdd", "建设内容", nil},
		{"UTF-16", "说明.txt", "\xff\xfe\xfa\x5e\xbe\x8b", "建设", nil},
		{"a table", "清单.csv", "名称,数量\n服务器,2\n", "名称,数量\n服务器,2\n", nil},
		{"a table that calculates", "清单.csv", "名称,数量\n服务器,=1+1\n", "名称,数量\n服务器,=1+1\n", nil},
		{"a table that starts a program", "清单.csv", "名称,数量\n服务器,=cmd|' /C calc'!A0\n", "", ErrActive},
		{"a state secret", "说明.txt", "机密★ 建设方案", "", ErrSecret},
		{"a program", "说明.txt", "MZ\x90\x00\x03\x00\x00\x00", "", ErrDisguised},
		{"a page", "说明.txt", "<!DOCTYPE html><script>alert(1)</script>", "", ErrDisguised},
		{"a PDF", "说明.txt", "%PDF-1.4\n", "", ErrDisguised},
		{"text called PDF", "说明.pdf", "建设内容", "", ErrDisguised},
		{"a zero behind the head", "说明.txt", strings.Repeat("建设内容\n", 400) + "\x00", "", ErrDisguised},
		{"text that turns around", "说明.txt", "方案\u202efdp", "", ErrDisguised},
		{"a script", "说明.sh", "#!/bin/sh\necho", "", ErrType},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := Store{Dir: t.TempDir()}.Stage(c.file, strings.NewReader(c.content))
			if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
				t.Fatalf("%v, want %v", err, c.want)
			}
			if err != nil {
				return
			}
			if says, err := Read(strings.NewReader(c.content)); err != nil || says != c.says || !IsText(f.MediaType) {
				t.Errorf("%q, %s, %v", says, f.MediaType, err)
			}
		})
	}
	for name, want := range map[string]error{"方案.pdf": nil, "方案": ErrType, "秘密★.pdf": ErrSecret, "a.exe": ErrType, "../x.txt": nil} {
		if _, err := Named(name); !errors.Is(err, want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
