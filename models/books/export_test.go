package books

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models/rules"
)

// Forget drops the answers in memory, as another process would not have them.
func Forget() {
	answers.Lock()
	defer answers.Unlock()
	answers.order, answers.byKey = nil, nil
}

// ForgetLines drops what lines were found like, as a program that has just begun.
func ForgetLines() {
	kept.Lock()
	defer kept.Unlock()
	for _, c := range kept.byKey {
		c.asked.Lock()
		c.asked.size = 0
		c.asked.Unlock()
	}
}

// EarlierSavings are what was counted for the project that a project declares again.
func EarlierSavings(tx *gorm.DB, project string) (string, error) {
	f, err := earlierSavings(tx, rules.Subject{Kind: SubjectProject, ID: project}, "")
	return fmt.Sprint(f["earlierSavings"]), err
}
