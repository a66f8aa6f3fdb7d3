package feel

import (
	"errors"
	"regexp"
	"strings"
)

// compileRegex translates an XPath regular expression (XQuery 1.0 and XPath 2.0 functions §7.6) to Go's.
var errFlag = errors.New("the flags are s, m, i, x and q")

func compileRegex(pattern, flags string) (*regexp.Regexp, error) {
	mode := ""
	for _, f := range flags {
		switch f {
		case 's', 'm', 'i':
			mode += string(f)
		case 'x':
			pattern = strings.Join(strings.Fields(pattern), "")
		case 'q':
			pattern = regexp.QuoteMeta(pattern)
		default:
			return nil, errFlag
		}
	}
	if mode != "" {
		pattern = "(?" + mode + ")" + pattern
	}
	return regexp.Compile(pattern)
}

func (c *Call) regex(a []Value, flags int) *regexp.Regexp {
	f := ""
	if flags < len(a) {
		f, _ = a[flags].(string)
	}
	re, err := compileRegex(a[1].(string), f)
	if err != nil {
		c.Warn("the pattern " + quote(shorten(a[1].(string))) + ": " + err.Error())
		return nil
	}
	return re
}

func matches(c *Call, a []Value) Value {
	re := c.regex(a, 2)
	if re == nil || !c.run.size(len(a[0].(string))) {
		return nil
	}
	return re.MatchString(a[0].(string))
}

func split(c *Call, a []Value) Value {
	re := c.regex(a, len(a))
	if re == nil || !c.run.size(len(a[0].(string))) {
		return nil
	}
	parts := re.Split(a[0].(string), -1)
	if !c.Step(len(parts)) {
		return nil
	}
	l := make(List, len(parts))
	for i, p := range parts {
		l[i] = p
	}
	return l
}

func replace(c *Call, a []Value) Value {
	re := c.regex(a, 3)
	if re == nil || !c.run.size(len(a[0].(string))) {
		return nil
	}
	s := re.ReplaceAllString(a[0].(string), a[2].(string))
	if !c.run.size(len(s)) {
		return nil
	}
	return s
}
