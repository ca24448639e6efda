package eval
import ("testing";"context";"strings";"math/rand";"hash/fnv";"math")
func TestTmpOracle(t *testing.T){
	docs,_:=ReadLines[Doc](shared(t,"csl.jsonl.gz")); needs,_:=ReadLines[Need](shared(t,"needs-dev.jsonl")); more,_:=ReadLines[Need](shared(t,"match-dev.jsonl")); needs=append(needs,more...)
	vec:=func(s string) []float32{ h:=fnv.New64a(); h.Write([]byte(s)); r:=rand.New(rand.NewSource(int64(h.Sum64()))); v:=make([]float32,64); for i:=range v{v[i]=float32(r.NormFloat64()/8)}; return v}
	byID:=map[string]string{}
	text:=func(title,abs string,kw []string)string{ s:=title+"\n"+abs; for _,k:=range kw{ s+="\n"+k}; return s}
	for _,d:=range docs{byID[d.ID]=text(d.Title,d.Abstract,d.Keywords)}
	for _,cos:=range []float64{0,0.3,0.4,0.5,0.7}{
	probe:=map[string][]float32{}
	for _,n:=range needs{ best:="";g:=0; for id,x:=range n.Relevant{ if x>g{g=x;best=id}}; base:=vec(byID[best]); noise:=vec("noise"+n.ID); v:=make([]float32,64); for i:=range v{ v[i]=float32(cos)*base[i]+float32(math.Sqrt(1-cos*cos))*noise[i]}; probe[strings.TrimSpace(strings.Join([]string{n.Title,n.Text},"\n"))]=v }
	hit:=0
	emb:=func(_ context.Context, ts []string)([][]float32,error){ var out [][]float32; for _,s:=range ts{ if v,ok:=probe[strings.TrimSpace(s)];ok{hit++;out=append(out,v)} else {out=append(out,vec(s))}}; return out,nil}
	r,err:=measure(t.Context(),t.TempDir(),withVectors(emb),docs,needs); if err!=nil{t.Fatal(err)}
	t.Logf("cos %.1f (%d hits): MRR %.3f nDCG %.3f R10 %.3f R50 %.3f",cos,hit,r.MRR10,r.NDCG10,r.Recall10,r.Recall50)
	}
}
