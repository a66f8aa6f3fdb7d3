package commands

import (
	"fmt"
	"slices"
	"strconv"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
)

// The draw is not foretold: chance decides, once.
var _ = register(map[string]Func{
	"acceptance.draw": acceptanceDraw,
})

// header is a number that the model gives its command.
func (c Call) header(name string) (int, error) {
	n, err := strconv.Atoi(c.Headers[name])
	if err != nil {
		return 0, fmt.Errorf("commands: header %s of %s: %w", name, c.Element, err)
	}
	return n, nil
}

// acceptanceDraw seats experts of a final acceptance by chance. Of those who
// reviewed the project at most a part may sit again (header "reviewShare": one in
// how many); who belongs to an organisation bound to the contract is left out.
func acceptanceDraw(tx *gorm.DB, c Call) (Result, error) {
	var in struct {
		Size   amount `json:"size"`
		Reason string `json:"reason"`
	}
	if err := c.into(&in); err != nil {
		return nil, err
	}
	p, err := c.project(tx)
	if err != nil {
		return nil, err
	}
	f := check()
	size := int(f.number("/size", in.Size, 3, 15).IntPart())
	if size%2 == 0 {
		f.Field("/size", "group-not-odd", "n", fmt.Sprint(size))
	}
	if _, _, before, err := books.LastAcceptanceDraw(tx, p.Code); err != nil {
		return nil, err
	} else if before {
		f.reason("/reason", in.Reason) // whoever draws again says why
	}
	if err := f.OrNil(); err != nil {
		return nil, err
	}
	share, err := c.header("reviewShare")
	if err != nil {
		return nil, err
	}
	pool, err := acceptancePool(tx, c, p)
	if err != nil {
		return nil, err
	}
	seed := newSeed()
	drawn := pick(seed, pool, size, size/share)
	if len(drawn) < size {
		return nil, models.Refuse("pool-too-small", "need", fmt.Sprint(size), "pool", fmt.Sprint(len(drawn)))
	}
	no, err := models.NextCode(tx, "YC", c.Acting.On().Year())
	if err != nil {
		return nil, err
	}
	d := books.AcceptanceDraw{
		DrawNo: no, Project: p.Code, Seed: seed, Size: size, Pool: models.JSONOf(pool), Drawn: models.JSONOf(drawn), Reason: in.Reason,
		Actor: c.Acting.Person, At: c.Acting.At.UTC(),
	}
	if err := tx.Create(&d).Error; err != nil {
		return nil, fmt.Errorf("draw %s: %w", no, err)
	}
	for _, person := range drawn {
		if err := c.keepParty(tx, process.PartyExpert, "", person); err != nil {
			return nil, err
		}
	}
	return Result{"acceptanceDrawNo": no}, nil
}

// pick takes seats from the shuffled pool, of those who reviewed at most some.
func pick(seed string, pool []books.PoolMember, size, again int) []string {
	ids, reviewed := []string{}, map[string]bool{}
	for _, m := range pool {
		ids, reviewed[m.Person] = append(ids, m.Person), m.Reviewed
	}
	drawn := []string{}
	for _, id := range Shuffle(seed, ids) {
		if len(drawn) == size {
			break
		}
		if reviewed[id] {
			if again == 0 {
				continue
			}
			again--
		}
		drawn = append(drawn, id)
	}
	return drawn
}

// acceptancePool is who may be drawn, in the order of person ids: no post in the
// applying department, none at or lately of an organisation bound to the contract, not barred, not one who stood aside.
func acceptancePool(tx *gorm.DB, c Call, p books.Project) ([]books.PoolMember, error) {
	posts, err := office.PostsIn(tx, "EXPERT", "experts", c.Acting.At)
	if err != nil {
		return nil, err
	}
	people, err := office.Members(tx, posts...)
	if err != nil {
		return nil, err
	}
	var barred, reviewed []string
	err = tx.Raw(`SELECT person_id FROM post WHERE dept_id = ? UNION SELECT person_id FROM expert_seat WHERE project = ? AND state = ?
		UNION SELECT person FROM expert WHERE blacklist_until >= ? UNION SELECT person FROM case_party WHERE root = ? AND role = ?`,
		p.DeptID, p.Code, books.SeatVoid, c.Acting.On(), c.Root, process.PartyAvoided).Scan(&barred).Error
	if err != nil {
		return nil, fmt.Errorf("avoidance for %s: %w", p.Code, err)
	}
	if err := tx.Raw("SELECT DISTINCT person_id FROM expert_seat WHERE project = ? AND state <> ?", p.Code,
		books.SeatVoid).Scan(&reviewed).Error; err != nil {
		return nil, fmt.Errorf("review of %s: %w", p.Code, err)
	}
	b, err := boundTo(tx, c.Root, p.Code)
	if err != nil {
		return nil, err
	}
	years, err := c.intParam("B03", "years")
	if err != nil {
		return nil, err
	}
	pool := []books.PoolMember{}
	for _, id := range people {
		name, err := office.PersonName(tx, id)
		if err != nil {
			return nil, err
		}
		org, err := b.employed(tx, member{Name: name, Person: id}, c.Acting.On(), years)
		if err != nil {
			return nil, err
		}
		if org == "" && !slices.Contains(barred, id) {
			pool = append(pool, books.PoolMember{Person: id, Reviewed: slices.Contains(reviewed, id)})
		}
	}
	return pool, nil
}
