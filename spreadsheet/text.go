package spreadsheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// readText reads comma, semicolon or tab separated text: UTF-8 with or without a
// byte order mark, or GB 18030 (which GBK is a part of), as spreadsheets save it.
func readText(data []byte) ([]Row, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) {
		decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
		if err != nil || bytes.ContainsRune(decoded, utf8.RuneError) {
			return nil, ErrEncoding
		}
		data = decoded
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return nil, ErrFormat
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = delimiter(data), -1, true
	var rows []Row
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, ErrFormat
		}
		if len(record) > MaxColumns {
			return nil, ErrTooLarge
		}
		line, _ := r.FieldPos(0)
		row := Row{No: line}
		for _, text := range record {
			row.Cells = append(row.Cells, textCell(trim(text)))
		}
		if row.empty() {
			continue
		}
		if rows = append(rows, row); len(rows) > MaxRows {
			return nil, ErrTooLarge
		}
	}
}

// textCell knows a formula that a spreadsheet would run when it opens the text.
func textCell(text string) Cell {
	if len(text) > 1 && text[0] == '=' {
		return Cell{Text: text, Fault: Formula}
	}
	return Cell{Text: text}
}

// delimiter is the separator that the first line has most of.
func delimiter(data []byte) rune {
	first, _, _ := bytes.Cut(data, []byte("\n"))
	best, most := ',', bytes.Count(first, []byte(","))
	for _, d := range []rune{'\t', ';'} {
		if n := bytes.Count(first, []byte(string(d))); n > most {
			best, most = d, n
		}
	}
	return best
}
