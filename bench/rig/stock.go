package rig

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"jiebang/internal/external"
	"jiebang/internal/results"
	"jiebang/internal/work"
)

var (
	objects  = []string{"喷涂车间有机废气", "锂电池极片", "低品位菱镁矿", "数控机床主轴", "设施黄瓜霜霉病", "污水厂剩余污泥", "高速铁路轴承", "海水养殖尾水", "燃气轮机叶片", "玉米秸秆"}
	methods  = []string{"低温等离子体协同催化", "机器视觉在线检测", "微波活化与浮选联合", "光纤光栅多点测温", "枯草芽孢杆菌发酵", "厌氧氨氧化", "声发射与振动融合诊断", "生物絮团调控", "激光熔覆修复", "水热预处理"}
	purposes = []string{"降低能耗", "提高良品率", "缩短停机时间", "减少药剂用量", "延长使用寿命", "满足新的排放限值", "实现连续化生产", "便于中小企业使用"}
	details  = []string{
		"在中试线上连续运行一千小时，主要指标波动不超过百分之三", "采用模块化结构，现场安装不超过两天", "已在三家企业示范，运行费用下降约四成",
		"建立了参数与效果之间的定量关系，可按工况自动调整", "关键部件为国内供应，成本约为进口的一半", "形成发明专利五项，并编制了企业标准",
		"与现有生产线兼容，不必停产改造", "针对北方冬季低温条件作了专门优化",
	}
)

// Content makes the nth text: not a wise one, but of the length and the characters of real ones, and always the same.
func Content(n int) results.Content {
	pick := func(from []string, step int) string { return from[(n/step+n)%len(from)] }
	object, method, purpose := pick(objects, 1), pick(methods, 7), pick(purposes, 11)
	var b strings.Builder
	fmt.Fprintf(&b, "面向%s，提出%s的新工艺，以%s。", object, method, purpose)
	for i := range 6 {
		fmt.Fprintf(&b, "%s；", pick(details, i+1))
	}
	fmt.Fprintf(&b, "第%d号样机已通过第三方检测。", n)
	return results.Content{
		Title: fmt.Sprintf("%s%s技术及装备%d型", object, method, n), Abstract: b.String(), Keywords: []string{object, method, purpose},
		Field: "advanced_manufacturing", TransferModes: []string{"license_ordinary"},
	}
}

// Submitted drafts and submits results of o, the first of them text number from, each with a word of its own in its title.
func (r *Rig) Submitted(ctx context.Context, o Organization, from, n int) ([]uuid.UUID, error) {
	editor, err := r.App.ActorNamed(ctx, o.Editor.Username)
	if err != nil {
		return nil, err
	}
	var ids []uuid.UUID
	numbers := make([]int, n)
	for i := range numbers {
		numbers[i] = from + i
	}
	for part := range slices.Chunk(numbers, results.MaxBulk) {
		var rows []results.Input
		for _, i := range part {
			id := Word(i)
			in := results.Input{Owner: o.ID, Content: Content(i), External: []external.ID{{Scheme: "bench", ID: id}}}
			in.Content.Title += " " + id
			rows = append(rows, in)
		}
		waiting, _, err := r.App.Results.Import(ctx, work.Call{Operation: "bench", Actor: editor}, o.ID, rows)
		if err != nil {
			return nil, err
		}
		ids = append(ids, waiting...)
	}
	return ids, nil
}

// Published is Submitted and the second person's approval, in bulk.
func (r *Rig) Published(ctx context.Context, o Organization, from, n int) ([]uuid.UUID, error) {
	ids, err := r.Submitted(ctx, o, from, n)
	if err != nil {
		return nil, err
	}
	second, err := r.App.ActorNamed(ctx, o.Second.Username)
	if err != nil {
		return nil, err
	}
	for part := range slices.Chunk(ids, results.MaxBulk) {
		if err := r.App.Results.PublishAll(ctx, work.Call{Operation: "bench", Actor: second}, part); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// Word is in the title of text number n and in no other.
func Word(n int) string { return fmt.Sprintf("jb%06dx", n) }
