//go:build external

package temporal

import (
	"context"
	"errors"
	"strings"
	"testing"
)

func TestAProgramWithoutTheServerSaysSo(t *testing.T) {
	s, err := Start(context.Background(), Options{File: "x"})
	if s != nil || !errors.Is(err, ErrExternal) || !strings.Contains(err.Error(), "--temporal HOST:PORT") || Embedded {
		t.Errorf("%v, %v", s, err)
	}
}
