package audit_test

import (
	"testing"

	"github.com/quancheng/quancheng/models/modelstest"
)

func TestMain(m *testing.M) { modelstest.Main(m) }
