package dmntck

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/quancheng/quancheng/feel"
)

// External serves external functions from an allow-list of functions of Java's library, written in Go: nothing of
// Java runs. What is not on the list is refused.
func External(mapping feel.Value, params []feel.Param) (*feel.Func, error) {
	name, err := javaName(mapping)
	if err != nil {
		return nil, err
	}
	run, ok := allowed[name]
	if !ok {
		return nil, fmt.Errorf("the external function %s is not on the list of allowed ones", name)
	}
	return &feel.Func{Name: name, Params: params, Invoke: func(c *feel.Call, args []feel.Value) feel.Value {
		v := run(args)
		if v == nil {
			c.Warn(name + " does not take these arguments")
		}
		return v
	}}, nil
}

// javaName is "class.method(types)" of the mapping {java: {class: …, method signature: …}}.
func javaName(mapping feel.Value) (string, error) {
	m, _ := mapping.(*feel.Context)
	j, _ := m.Get("java")
	java, _ := j.(*feel.Context)
	class, _ := java.Get("class")
	signature, _ := java.Get("method signature")
	c, isText := class.(string)
	s, tooText := signature.(string)
	if !isText || !tooText {
		return "", fmt.Errorf("an external function needs java: {class, method signature}")
	}
	return strings.ReplaceAll(c+"."+s, " ", ""), nil
}

// allowed are the functions by class and signature; nil is their answer to arguments that do not fit.
var allowed = map[string]func(args []feel.Value) feel.Value{
	"java.lang.Math.max(double,double)": floats(2, func(a []float64) float64 { return max(a[0], a[1]) }),
	"java.lang.Math.min(double,double)": floats(2, func(a []float64) float64 { return min(a[0], a[1]) }),
	"java.lang.Math.max(float,float)":   floats(2, func(a []float64) float64 { return max(a[0], a[1]) }),
	"java.lang.Math.min(float,float)":   floats(2, func(a []float64) float64 { return min(a[0], a[1]) }),
	"java.lang.Math.max(int,int)": integers(
		2, math.MaxInt32, func(a []int64) int64 { return max(a[0], a[1]) },
	),
	"java.lang.Math.min(int,int)": integers(
		2, math.MaxInt32, func(a []int64) int64 { return min(a[0], a[1]) },
	),
	"java.lang.Math.max(long,long)": integers(
		2, math.MaxInt64, func(a []int64) int64 { return max(a[0], a[1]) },
	),
	"java.lang.Math.min(long,long)": integers(
		2, math.MaxInt64, func(a []int64) int64 { return min(a[0], a[1]) },
	),
	"java.lang.Math.abs(double)":                                    floats(1, func(a []float64) float64 { return math.Abs(a[0]) }),
	"java.lang.Math.cos(double)":                                    floats(1, func(a []float64) float64 { return math.Cos(a[0]) }),
	"java.lang.Math.sin(double)":                                    floats(1, func(a []float64) float64 { return math.Sin(a[0]) }),
	"java.lang.Math.sqrt(double)":                                   floats(1, func(a []float64) float64 { return math.Sqrt(a[0]) }),
	"java.lang.Math.pow(double,double)":                             floats(2, func(a []float64) float64 { return math.Pow(a[0], a[1]) }),
	"java.lang.Byte.valueOf(byte)":                                  integers(1, math.MaxInt8, func(a []int64) int64 { return a[0] }),
	"java.lang.Short.valueOf(short)":                                integers(1, math.MaxInt16, func(a []int64) int64 { return a[0] }),
	"java.lang.Integer.valueOf(int)":                                integers(1, math.MaxInt32, func(a []int64) int64 { return a[0] }),
	"java.lang.Integer.valueOf(java.lang.String)":                   parsedNumber(true),
	"java.lang.Float.valueOf(java.lang.String)":                     parsedNumber(false),
	"java.lang.Double.valueOf(java.lang.String)":                    parsedNumber(false),
	"java.lang.String.valueOf(char)":                                character,
	"java.lang.String.format(java.lang.String,[Ljava.lang.Object;)": format,
}

func floats(n int, f func([]float64) float64) func([]feel.Value) feel.Value {
	return func(args []feel.Value) feel.Value {
		in := make([]float64, 0, n)
		for _, a := range args {
			if x, ok := a.(feel.Number); ok {
				in = append(in, x.Float64())
			}
		}
		if len(in) != n || len(args) != n {
			return nil
		}
		if v, ok := feel.Float(f(in)); ok {
			return v
		}
		return nil
	}
}

// integers takes whole numbers up to a limit.
func integers(n int, limit int64, f func([]int64) int64) func([]feel.Value) feel.Value {
	return func(args []feel.Value) feel.Value {
		in := make([]int64, 0, n)
		for _, a := range args {
			x, _ := a.(feel.Number)
			if i, ok := x.Int64(); ok && a != nil && -limit-1 <= i && i <= limit {
				in = append(in, i)
			}
		}
		if len(in) != n || len(args) != n {
			return nil
		}
		return feel.Int(f(in))
	}
}

func parsedNumber(whole bool) func([]feel.Value) feel.Value {
	return func(args []feel.Value) feel.Value {
		if len(args) != 1 {
			return nil
		}
		s, _ := args[0].(string)
		n, err := feel.ParseNumber(s)
		if err != nil || whole && !n.IsInt() {
			return nil
		}
		return n
	}
}

func character(args []feel.Value) feel.Value {
	if len(args) != 1 {
		return nil
	}
	if s, ok := args[0].(string); ok && utf8.RuneCountInString(s) == 1 {
		return s
	}
	return nil
}

// format fills each %s of the first argument with the next one.
func format(args []feel.Value) feel.Value {
	if len(args) == 0 {
		return nil
	}
	s, ok := args[0].(string)
	if !ok || strings.Count(s, "%") != strings.Count(s, "%s") || strings.Count(s, "%s") > len(args)-1 {
		return nil
	}
	for _, a := range args[1:] {
		s = strings.Replace(s, "%s", feel.Text(a), 1)
	}
	return s
}
