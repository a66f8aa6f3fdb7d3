package modelstest

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/quancheng/quancheng/models"
)

// exitsFile is the variable with the file to which tests say at which ends of processes their
// cases arrived: workflows/definitions/testdata/exits.txt is made of it.
const exitsFile = "QUANCHENG_EXITS"

// RecordExits says at which end events the cases of a test's books arrived, where somebody asked.
func RecordExits(t testing.TB, db *models.DB) {
	file := os.Getenv(exitsFile)
	if file == "" {
		return
	}
	var ends []struct{ Process, Element string }
	err := db.Read(context.Background()).
		Raw("SELECT DISTINCT process, element FROM element_instance WHERE kind = 'endEvent' ORDER BY process, element").Scan(&ends).Error
	if err != nil {
		t.Log(err)
		return
	}
	out, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		t.Log(err)
		return
	}
	defer func() { _ = out.Close() }()
	for _, e := range ends {
		_, _ = fmt.Fprintf(out, "%s/%s %s\n", e.Process, e.Element, t.Name())
	}
}
