package commands

import (
	"maps"
	"strconv"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	report "github.com/quancheng/quancheng/models/figures"
	"github.com/quancheng/quancheng/texts"
)

var _ = foretold(map[string]Plan{
	"report.freeze":  reportFreeze,
	"report.section": reportSection,
	"report.compile": reportCompile,
	"report.lock":    reportLock,
})

// inChinese are the words of papers and of what is wrong with one.
func inChinese(key string, args map[string]string) string {
	return texts.Text(texts.Chinese, key, args)
}

// snapshot is the one of the process.
func (c Call) snapshot(tx *gorm.DB) (report.Taken, error) {
	id, err := strconv.ParseInt(c.text("snapshot"), 10, 64)
	if err != nil {
		return report.Taken{}, models.Refuse("not-found", "what", c.text("snapshot"))
	}
	return report.FindTaken(tx, id)
}

// reportFreeze takes the snapshot of a report that begins by the clock; none where somebody has begun it before.
func reportFreeze(tx *gorm.DB, c Call) (Result, Write, error) {
	res := Result{"snapshot": "", "reportTitle": "", "sections": []any{}}
	return res, func() error {
		vars, err := report.Freeze(tx, c.Acting, c.Root)
		maps.Copy(res, vars)
		return err
	}, nil
}

// reportSection says that a section is written.
func reportSection(tx *gorm.DB, c Call) (Result, Write, error) {
	s, err := c.snapshot(tx)
	if err != nil {
		return nil, nil, err
	}
	return Result{"reportState": report.Writing}, func() error { return report.Done(tx, c.Acting, s.ID, c.number("sectionSeq")) }, nil
}

// reportCompile sends the report to the director, or back to those who write it.
// What could not be locked is not sent.
func reportCompile(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		Decision string `json:"decision"`
		Comment  string `json:"comment"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	f := check()
	f.oneOf("/decision", in.Decision, "pass", "back")
	if in.Decision == "back" {
		f.reason("/comment", in.Comment)
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	if in.Decision == "back" {
		return Result{"reportState": report.Writing, "compiled": in.Decision}, nil, nil
	}
	s, err := c.snapshot(tx)
	if err == nil {
		err = report.Signable(tx, s, inChinese)
	}
	if err != nil {
		return nil, nil, err
	}
	return Result{"reportState": report.Signing, "compiled": in.Decision}, nil, nil
}

// reportLock makes the signed report a numbered paper.
func reportLock(tx *gorm.DB, c Call) (Result, Write, error) {
	s, err := c.snapshot(tx)
	if err == nil {
		err = report.Signable(tx, s, inChinese)
	}
	if err != nil {
		return nil, nil, err
	}
	return Result{"reportState": report.Locked}, func() error {
		_, err := report.Lock(tx, c.Acting, s.ID, inChinese)
		return err
	}, nil
}
