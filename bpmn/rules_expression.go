package bpmn

import (
	"regexp"
	"strings"
)

var expressionRules = []rule{
	{"EXT012", "§8.4.6", `write xsi:type="tFormalExpression" on the expression, or mark the process as not executable`, checkFormal},
	{"EXT123", "§10.5.5", `give the condition xsi:type="tFormalExpression" and a body`, checkConditionalEvents},
	{"EXT013", "§8.4.6", "write the expression as the content of the element", checkBodies},
	{"EXT014", "§8.4.6", "write a URI, such as http://www.w3.org/1999/XPath, or leave the attribute out", checkLanguages},
	{"EXT071", "§10.3.8", "write a condition that is true or false", checkBooleans},
	{"EXT131", "§10.5.5", "keep one of timeDate, timeDuration and timeCycle", checkOneTimer},
	{
		"EXT132", "§10.5.5", "write an ISO 8601 date and time such as 2026-01-31T08:00:00+08:00, or an expression =…",
		timerText("timeDate", isDateTime),
	},
	{
		"EXT133", "§10.5.5", "write an ISO 8601 repetition such as R3/PT10M, a cron line, or an expression =…",
		timerText("timeCycle", isCycle),
	},
	{"EXT134", "§10.5.5", "write an ISO 8601 duration such as PT10M, or an expression =…", timerText("timeDuration", isDuration)},
	{"EXT004", "§8.3.2", "write a MIME type, such as text/plain", mimeType("documentation", "textFormat")},
	{"EXT010", "§8.4.1", "write a MIME type, such as text/plain", mimeType("textAnnotation", "textFormat")},
	{"EXT145", "§10.3.3", "write a MIME type, such as application/feel or text/x-groovy", mimeType("scriptTask", "scriptFormat")},
	{
		"script-language", "§10.3.7", "write a MIME type, such as application/feel or text/x-groovy",
		mimeType("globalScriptTask", "scriptLanguage"),
	},
	{"EXT053", "§10.3.3", "name the language of the script in scriptFormat", checkScripts},
}

// checkFormal: natural language cannot be executed. It goes by the schema: every place where an expression may be informal.
func checkFormal(c *checker) {
	for _, n := range c.nodes {
		if c.types[n] != "tExpression" || !executable(n) || n.Parent.Is("conditionalEventDefinition") {
			continue
		}
		if c.dialect && readable(n) {
			continue // tools of the dialect leave xsi:type out
		}
		c.fail(n, "%s of %s is an informal expression in an executable process", n.Local, name(n.Parent))
	}
}

// readable reports whether the engine understands the text without being told that it is formal: FEEL, or an ISO 8601 time.
func readable(n *Node) bool {
	text := n.Text()
	switch n.Local {
	case "timeDate", "timeDuration", "timeCycle":
		return isDateTime(text) || isDuration(text) || isCycle(text) || strings.HasPrefix(text, "=")
	}
	return strings.HasPrefix(text, "=")
}

func checkConditionalEvents(c *checker) {
	for _, n := range c.each("conditionalEventDefinition") {
		if cond := n.Child("condition"); executable(n) && (cond == nil || c.types[cond] != "tFormalExpression" || !hasBody(cond)) {
			c.fail(n, "the conditional event %s of an executable process has no formal condition", nearestID(n.Parent))
		}
	}
}

func hasBody(n *Node) bool {
	if n.Text() != "" {
		return true
	}
	for _, e := range n.Elements() {
		if !e.Is("documentation") && !e.Is("extensionElements") {
			return true
		}
	}
	return false
}

func checkBodies(c *checker) {
	for _, n := range c.nodes {
		if c.types[n] == "tFormalExpression" && !hasBody(n) {
			c.fail(n, "%s of %s is a formal expression without a body", n.Local, name(n.Parent))
		}
	}
}

func checkLanguages(c *checker) {
	for _, n := range c.nodes {
		if v, ok := n.LookupAttr("", "language"); ok && c.types[n] == "tFormalExpression" && !isURI(v) {
			c.fail(n, "language of %s is %q, which is not a URI", n.Local, v)
		}
	}
}

// literal matches FEEL literals that are no truth values.
var literal = regexp.MustCompile(`^=\s*(-?[0-9.]+|"[^"]*"|@"[^"]*")$`)

func checkBooleans(c *checker) {
	for _, n := range c.each("completionCondition", "loopCondition") {
		if literal.MatchString(n.Text()) {
			c.fail(n, "%s of %s is %s, which is neither true nor false", n.Local, name(n.Parent), strings.TrimPrefix(n.Text(), "="))
		}
	}
}

func checkOneTimer(c *checker) {
	for _, n := range c.each("timerEventDefinition") {
		count := len(n.ChildrenNamed("timeDate")) + len(n.ChildrenNamed("timeDuration")) + len(n.ChildrenNamed("timeCycle"))
		switch {
		case count > 1:
			c.fail(n, "the timer %s has %d of timeDate, timeDuration and timeCycle, which exclude each other", nearestID(n), count)
		case count == 0 && executable(n):
			c.fail(n, "the timer %s of an executable process has no time", nearestID(n))
		}
	}
}

// timerText checks a literal time; expressions (=…) are the engine's business.
func timerText(local string, valid func(string) bool) func(*checker) {
	return func(c *checker) {
		for _, n := range c.each(local) {
			if text := n.Text(); text != "" && !strings.HasPrefix(text, "=") && !valid(text) && executable(n) {
				c.fail(n, "%s of %s is %q", local, nearestID(n), text)
			}
		}
	}
}

var (
	dateTime = regexp.MustCompile(
		`^[+-]?\d{4,}-?\d\d-?\d\d(T\d\d(:?\d\d(:?\d\d([.,]\d+)?)?)?(Z|[+-]\d\d(:?\d\d)?)?(\[[A-Za-z0-9_/+-]+\]|@[A-Za-z0-9_/+-]+)?)?$`,
	)
	duration = regexp.MustCompile(`^-?P(\d+W|(\d+Y)?(\d+M)?(\d+D)?(T(\d+H)?(\d+M)?(\d+([.,]\d+)?S)?)?)$`)
	cronLine = regexp.MustCompile(`^@[a-z]+$|^(\S+\s+){4,6}\S+$`)
)

func isDateTime(s string) bool { return dateTime.MatchString(s) }

func isDuration(s string) bool {
	return duration.MatchString(s) && !strings.HasSuffix(s, "P") && !strings.HasSuffix(s, "T")
}

func isCycle(s string) bool {
	repeat, rest, ok := strings.Cut(s, "/")
	if !ok || !regexp.MustCompile(`^R-?\d*$`).MatchString(repeat) {
		return cronLine.MatchString(s)
	}
	every, edge := rest, ""
	if strings.HasPrefix(rest, "P") {
		every, edge, _ = strings.Cut(rest, "/")
	} else if at := strings.LastIndex(rest, "/P"); at > 0 { // a zone id before it may hold slashes
		every, edge = rest[at+1:], rest[:at]
	}
	return isDuration(every) && (edge == "" || isDateTime(edge))
}

var mime = regexp.MustCompile(`^[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+(\s*;.*)?$`)

func mimeType(local, attr string) func(*checker) {
	return func(c *checker) {
		for _, n := range c.each(local) {
			if v, ok := n.LookupAttr("", attr); ok && !mime.MatchString(v) {
				c.relaxed(n, "%s of %s is %q, which is not a MIME type", attr, name(n), v)
			}
		}
	}
}

func checkScripts(c *checker) {
	for _, n := range c.each("scriptTask") {
		if n.Child("script") != nil && n.Attr("scriptFormat") == "" {
			c.relaxed(n, "%s has a script but does not name its language", name(n))
		}
	}
}
