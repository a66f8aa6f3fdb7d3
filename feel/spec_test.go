package feel

import (
	"strings"
	"testing"
)

// specExamples are the examples of DMN 1.5 §10.3.2 and §10.3.4, each an expression that is true.
const specExamples = `
date("2012-12-25") - date("2012-12-24") = duration("P1D")
date(date and time("2012-12-25T11:00:00Z")) = date("2012-12-25")
date(2012, 12, 25) = date("2012-12-25")
date and time("2012-12-24T23:59:00") = date and time(date("2012-12-24"), time("23:59:00"))
date and time("2012-12-24T23:59:00") + duration("PT1M") = date and time("2012-12-25T00:00:00")
time("23:59:00z") + duration("PT2M") = time("00:01:00@Etc/UTC")
time(date and time("2012-12-25T11:00:00Z")) = time("11:00:00Z")
time("23:59:00z") = time(23, 59, 0, duration("PT0H"))
number("1 000,0", " ", ",") = number("1,000.0", ",", ".")
string(1.1) = "1.1"
string(null) = null
date and time("2012-12-24T23:59:00") - date and time("2012-12-22T03:45:00") = duration("P2DT20H14M")
duration("P2Y2M") = duration("P26M")
years and months duration(date("2011-12-22"), date("2013-08-24")) = duration("P1Y8M")
substring("\U01F40Eab", 2) = "ab"
string length("\U01F40Eab") = 3
"\ud83d\udc0e" = "\U01F40E"
substring after("", "a") = ""
replace("banana", "a", "o") = "bonono"
replace("abcd", "(ab)|(a)", "[1=$1][2=$2]") = "[1=ab][2=]cd"
split("John Doe", "\\s") = ["John", "Doe"]
split("a;b;c;;", ";") = ["a", "b", "c", "", ""]
string join(["a", null, "c"], "X") = "aXc"
count([1, [2, 3]]) = 2
min(1) = min([1])
max([]) = null
sum([]) = null
mean(1) = 1
all([false, null, true]) = false
all([]) = true
all(0) = null
any([false, null, true]) = true
any(0) = null
sublist([4, 5, 6], 1, 2) = [4, 5]
union([1, 2], [2, 3]) = [1, 2, 3]
flatten([[1, 2], [[3]], 4]) = [1, 2, 3, 4]
product([]) = null
stddev(2, 4, 7, 5) = 2.081665999466132735282297706979931
stddev([47]) = null
mode(6, 3, 9, 6, 6) = [6]
mode([6, 1, 9, 6, 1]) = [1, 6]
mode([]) = []
decimal(1/3, 2) = .33
floor(-1.56, 1) = -1.6
ceiling(-1.56, 1) = -1.5
round up(-5.5, 0) = -6
round down(-1.126, 2) = -1.12
round half up(-5.5, 0) = -6
round half down(-5.5, 0) = -5
abs(@"-PT5H") = @"PT5H"
modulo(12, -5) = -3
modulo(-10.1, 4.5) = 3.4
modulo(10.1, -4.5) = -3.4
modulo(-10.1, -4.5) = -1.1
sqrt(16) = 4
decimal(log(10), 11) = 2.30258509299
decimal(exp(5), 12) = 148.413159102577
is(date("2012-12-25"), time("23:00:50")) = false
is(time("23:00:50z"), time("23:00:50")) = false
is(time("23:00:50z"), time("23:00:50+00:00"))
week of year(date(2003, 12, 29)) = 1
week of year(date(2005, 1, 1)) = 53
week of year(date(2005, 1, 3)) = 1
week of year(date(2005, 1, 9)) = 1
sort(list: [3, 1, 4, 5, 2], precedes: function(x, y) x < y) = [1, 2, 3, 4, 5]
get value({key1: "value1"}, "unexistent-key") = null
get entries({key1: "value1", key2: "value2"}) = [{key: "key1", value: "value1"}, {key: "key2", value: "value2"}]
get entries({key1: "value1"})[key = "key1"].value = ["value1"]
context([{key: "a", value: 1}, {key: "b", value: 2, something: "else"}]) = {a: 1, b: 2}
context([{key: "a", value: 1}, {key: "b"}]) = null
context put({x: 1, y: 0, z: 0}, "y", 2) = {x: 1, y: 2, z: 0}
context put({x: 1}, ["y"], 2) = {x: 1, y: 2}
context put({x: 1, y: {a: 0}}, ["y", "a"], 2) = {x: 1, y: {a: 2}}
context put({x: 1, y: {a: 0}}, [], 2) = null
context merge([{x: 1, y: 0}, {y: 2}]) = {x: 1, y: 2}
3[item > 2] = [3]
contains(["foobar"], "of") = false
("1" = 1) = null
[{x: 1, y: 2}, {x: null, y: 3}][x < 2] = [{x: 1, y: 2}]
{isPositive: function(x) x > 0, isNotNegative: function(x) isPositive(x + 1), result: isNotNegative(0)}.result
(for i in 0..4 return if i = 0 then 1 else i * partial[-1]) = [1, 1, 2, 6, 24]
[123] instance of list<number>
"abc" instance of string
not(123 instance of string)
(123 instance of list) = null
(1..10].start included = false
[1..10].end = 10
(<= 10).start = null and (<= 10).end = 10 and (<= 10).end included
(> 1).start = 1 and (> 1).end = null and not((> 1).start included)
list replace([2, 4, 7, 8], 3, 6) = [2, 4, 6, 8]
list replace([2, 4, 7, 8], function(item, newItem) item < newItem, 5) = [5, 5, 7, 8]
range("[18..21)") = [18..21)
range("[2..)").start = 2 and range("[2..)").end = null
range("(..2)").end = 2
range("[date(\"1978-09-12\")..date(\"1978-10-12\")]") = [@"1978-09-12"..@"1978-10-12"]
range("[1..x]") = null
range("[..2]") = null
date and time("2012-03-07Z") = null
round up(10 ** -6000, 2) = 0.01
ceiling(-(10 ** -6000)) = 0
floor(-(10 ** -6000)) = -1
decimal(0.0049, 2) = 0
round half up(0.005, 2) = 0.01
modulo(10 ** 6000, 3) = null
number("1e3") = null
date("2020-01-31") + @"P1M" = date("2020-02-29")
date("2020-01-01") + @"PT36H" = date("2020-01-02")
date and time("2020-01-01T00:00:00") < date and time("2020-01-01T01:00:00Z")
`

// specRanges are the examples of table 78: a call and its result.
const specRanges = `
before(1, 10) true; before(10, 1) false; before(1, [1..10]) false; before(1, (1..10]) true; before(1, [5..10]) true
before([1..10], 10) false; before([1..10), 10) true; before([1..10], 15) true; before([1..10], [15..20]) true
before([1..10], [10..20]) false; before([1..10), [10..20]) true; before([1..10], (10..20]) true
after(10, 5) true; after(5, 10) false; after(12, [1..10]) true; after(10, [1..10)) true; after(10, [1..10]) false
after([11..20], 12) false; after([11..20], 10) true; after((11..20], 11) true; after([11..20], 11) false
after([11..20], [1..10]) true; after([1..10], [11..20]) false; after([11..20], [1..11)) true; after((11..20], [1..11]) true
meets([1..5], [5..10]) true; meets([1..5), [5..10]) false; meets([1..5], (5..10]) false; meets([1..5], [6..10]) false
met by([5..10], [1..5]) true; met by([5..10], [1..5)) false; met by((5..10], [1..5]) false; met by([6..10], [1..5]) false
overlaps([1..5], [3..8]) true; overlaps([3..8], [1..5]) true; overlaps([1..8], [3..5]) true; overlaps([3..5], [1..8]) true
overlaps([1..5], [6..8]) false; overlaps([6..8], [1..5]) false; overlaps([1..5], [5..8]) true; overlaps([1..5], (5..8]) false
overlaps([1..5), [5..8]) false; overlaps([1..5), (5..8]) false; overlaps([5..8], [1..5]) true; overlaps((5..8], [1..5]) false
overlaps before([1..5], [3..8]) true; overlaps before([1..5], [6..8]) false; overlaps before([1..5], [5..8]) true
overlaps before([1..5], (5..8]) false; overlaps before([1..5), [5..8]) false; overlaps before([1..5), (1..5]) true
overlaps before([1..5], (1..5]) true; overlaps before([1..5), [1..5]) false; overlaps before([1..5], [1..5]) false
overlaps after([3..8], [1..5]) true; overlaps after([6..8], [1..5]) false; overlaps after([5..8], [1..5]) true
overlaps after((5..8], [1..5]) false; overlaps after([5..8], [1..5)) false; overlaps after((1..5], [1..5)) true
overlaps after((1..5], [1..5]) true; overlaps after([1..5], [1..5)) false; overlaps after([1..5], [1..5]) false
finishes(10, [1..10]) true; finishes(10, [1..10)) false; finishes([5..10], [1..10]) true; finishes([5..10), [1..10]) false
finishes([5..10), [1..10)) true; finishes([1..10], [1..10]) true; finishes((1..10], [1..10]) true
finished by([1..10], 10) true; finished by([1..10), 10) false; finished by([1..10], [5..10]) true
finished by([1..10], [5..10)) false; finished by([1..10), [5..10)) true; finished by([1..10], (1..10]) true
includes([1..10], 5) true; includes([1..10], 12) false; includes([1..10], 1) true; includes((1..10], 1) false
includes([1..10), 10) false; includes([1..10], [4..6]) true; includes((1..10], (1..5]) true; includes([1..10], (1..10)) true
includes([1..10], [1..10]) true; during(5, [1..10]) true; during(12, [1..10]) false; during(1, (1..10]) false
during([4..6], [1..10]) true; during((1..10), [1..10]) true; during([5..10), [1..10)) true; during((1..10], [1..10]) true
starts(1, [1..10]) true; starts(1, (1..10]) false; starts(2, [1..10]) false; starts([1..5], [1..10]) true
starts((1..5], (1..10]) true; starts((1..5], [1..10]) false; starts([1..5], (1..10]) false; starts([1..10], [1..10]) true
starts([1..10), [1..10]) true; starts((1..10), (1..10)) true; started by([1..10], 1) true; started by((1..10], 1) false
started by([1..10], [1..5]) true; started by((1..10], (1..5]) true; started by([1..10], (1..5]) false
started by((1..10], [1..5]) false; started by([1..10], [1..10)) true; coincides(5, 5) true; coincides(3, 4) false
coincides([1..5], [1..5]) true; coincides((1..5), [1..5]) false; coincides([1..5], [2..6]) false
before(1, "a") null; meets(1, [1..2]) null; before(point: 1, range: [5..10]) true; before(x: 1, range: [5..10]) null
`

// evalText evaluates a strict expression without variables.
func evalText(t *testing.T, src string) Value {
	t.Helper()
	e, diags := Parse(src, Options{})
	if e == nil {
		t.Errorf("%s\n\t%v", src, diags)
		return nil
	}
	p, diags := e.Compile(Scope{})
	if p == nil {
		t.Errorf("%s\n\t%v", src, diags)
		return nil
	}
	v, _ := p.Eval(Env{}, nil)
	return v
}

func TestSpecificationExamples(t *testing.T) {
	for _, line := range strings.Split(strings.TrimSpace(specExamples), "\n") {
		if v := evalText(t, line); v != true {
			t.Errorf("%s is %s", line, Text(v))
		}
	}
	for _, line := range strings.FieldsFunc(strings.TrimSpace(specRanges), func(r rune) bool { return r == '\n' || r == ';' }) {
		i := strings.LastIndexByte(line, ' ')
		if got, want := Text(evalText(t, line[:i])), line[i+1:]; got != want {
			t.Errorf("%s is %s, want %s", line[:i], got, want)
		}
	}
}
