package papers_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/papers"
)

// Numbers of issued documents have no gap and no twin, whoever else issues at
// the same time and whatever is rolled back.
func TestDocumentNumbersHaveNoGap(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		a := models.Acting{Person: "x", At: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), BusinessDate: "2022-03-01"}
		shelf, err := papers.Load("")
		if err != nil {
			t.Fatal(err)
		}
		approval, _ := shelf.Kind("批复")
		facts := approval.Sample()
		var mu sync.Mutex
		var numbers []string
		var wg sync.WaitGroup
		for i := range 24 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				var d papers.Document
				err := db.Tx(context.Background(), func(tx *gorm.DB) (err error) {
					if d, err = papers.Issue(tx, a, "批复", "", fmt.Sprint(i), facts); err == nil && i%3 == 0 {
						err = errors.New("its cause fell through")
					}
					return err
				})
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					numbers = append(numbers, string(d.DocNo))
				} else if i%3 != 0 {
					t.Error(err)
				}
			}()
		}
		wg.Wait()
		var want []string
		for n := range 16 {
			want = append(want, fmt.Sprintf("县数资审〔2022〕%d号", n+1))
		}
		slices.Sort(numbers)
		slices.Sort(want)
		if !slices.Equal(numbers, want) {
			t.Errorf("numbers %v", numbers)
		}
		err = db.Tx(context.Background(), func(tx *gorm.DB) error {
			_, err := papers.Issue(tx, a, "家书", "", "", nil)
			return err
		})
		if err == nil {
			t.Error("a kind that is not numbered was issued")
		}
	})
}
