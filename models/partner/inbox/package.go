package inbox

import (
	"fmt"
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/process"
)

// beginPackages begins the life of each package that was awarded beside the main
// one and has none. A project whose model is older goes on as it began.
func beginPackages(tx *gorm.DB, a models.Acting, project string) error {
	p, err := books.FindProject(tx, project)
	if err != nil || p.Stage.Closed() || p.Stage == books.Archived {
		return err
	}
	v, err := books.Procurement(tx, project)
	if err != nil || len(v.Packages)+len(v.Kept) < 2 {
		return err
	}
	known, err := knowsPackages(tx, project)
	if err != nil || !known {
		return err
	}
	main := v.Main()
	for _, k := range append(slices.Clone(v.Packages), v.Kept...) {
		if k.State != books.ProcAwarded || k.Beside || main != nil && k.PackageNo == main.PackageNo {
			continue
		}
		if err := beginPackage(tx, a, p, k); err != nil {
			return err
		}
	}
	return nil
}

func beginPackage(tx *gorm.DB, a models.Acting, p books.Project, k books.PackageView) error {
	key := fmt.Sprintf("%s/%s/R%d", p.Code, k.PackageNo, k.Round)
	var n int64
	if err := tx.Model(&process.RootState{}).Where("process = ? AND business_key = ?", books.PackageProcess,
		key).Count(&n).Error; err != nil {
		return fmt.Errorf("package %s: %w", key, err)
	}
	if n > 0 {
		return nil
	}
	return process.SendStart(tx, a, books.PackageProcess, key, p.Code, map[string]any{
		"projectCode": p.Code, "deptId": p.DeptID, "packageNo": k.PackageNo, "packageName": k.Name, "packageBeside": "yes",
		"awardTotal": k.Award.Decimal(),
	})
}

// knowsPackages reports whether the bundle that a project's life goes by has a life for packages.
func knowsPackages(tx *gorm.DB, project string) (bool, error) {
	var n int64
	err := tx.Raw(`SELECT COUNT(*) FROM root_state r JOIN definition d ON d.bundle = r.bundle
		WHERE r.project = ? AND r.process = 'qc_lifecycle' AND d.process = ?`, project, books.PackageProcess).Scan(&n).Error
	if err != nil {
		return false, fmt.Errorf("model of %s: %w", project, err)
	}
	return n > 0, nil
}
