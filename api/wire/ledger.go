package wire

import (
	"jiebang/internal/codes"
	"jiebang/internal/ledger"
	"jiebang/internal/ref"
)

// RegionName is what a place is called, a region or a country abroad, for whoever reads its code; absent where there is none.
func RegionName(code string) *string {
	name, _, _ := ref.PlaceName(code)
	return Some(name)
}

// Term is what a code of a list is called.
func Term[C comparable](list *codes.Table[C], code C) *string {
	term, _ := list.Get(code)
	return Some(term.Chinese)
}

// FieldNames are what some fields are called in Chinese, in their order; nil: there are none.
func FieldNames[T ~string](fields []T) *[]string {
	if len(fields) == 0 {
		return nil
	}
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = Value(FieldName(f))
	}
	return &out
}

// FiguresOf are figures of the ledger.
func FiguresOf(f ledger.Figures) Figures {
	return Figures{Contracts: f.Contracts, Turnover: AmountOf(f.Turnover), TechnologyAmount: AmountOf(f.Technology)}
}

// LedgerEntryOf is an entry of the ledger for those who may read it, with the proof that it is the one in the chain.
func LedgerEntryOf(e *ledger.Entry) LedgerEntry {
	return LedgerEntry{
		Seq: e.Seq, Id: e.ID, Kind: LedgerEntryKind(e.Kind), KindName: Some(e.Kind.Text().ZH), ContractId: e.ContractID, ContractVersion: e.ContractVersion, ApplicationId: e.ApplicationID,
		PostedOn: DateOf(e.PostedOn), BelongsTo: Some(e.BelongsTo.String()), RecordedAt: e.RecordedAt, Figures: FiguresOf(e.Figures),
		Elsewhere: e.Elsewhere, Origin: LedgerOrigin(e.Origin), OriginName: Some(e.Origin.Text().ZH), Office: e.Office, ContractKind: ContractKind(e.ContractKind), ContractSubkind: string(e.ContractSubkind),
		ContractKindName: Term(codes.ContractKinds, e.ContractKind), ContractSubkindName: Term(codes.ContractSubkinds, e.ContractSubkind),
		SellerId: ID(e.SellerID), SellerRegion: Some(e.SellerRegion), SellerRegionName: RegionName(e.SellerRegion),
		SellerNature: Some(string(e.SellerNature)), SellerNatureName: Term(codes.PartyNatures, e.SellerNature),
		BuyerId: ID(e.BuyerID), BuyerRegion: Some(e.BuyerRegion), BuyerRegionName: RegionName(e.BuyerRegion),
		BuyerNature: Some(string(e.BuyerNature)), BuyerNatureName: Term(codes.PartyNatures, e.BuyerNature),
		Chain: Some(e.Chain), Field: Some(string(e.Field)), FieldName: Term(codes.Fields, e.Field), IpKind: Some(e.IPKind), IpKindName: Term(codes.IPKinds, codes.IPKind(e.IPKind)), Programme: Some(e.Programme),
		ChallengeId: ID(e.ChallengeID), BrokerId: ID(e.BrokerID), ResultId: ID(e.ResultID), NeedId: ID(e.NeedID),
		Hash:  e.Hash,
		Proof: LedgerProof{Form: ledger.Form, Salt: e.Salt, Payload: e.Payload(), Digest: e.Digest, PrevHash: e.PrevHash, Hash: e.Hash},
	}
}

// FieldName is what a technology field is called, absent where there is none.
func FieldName[T ~string](field T) *string { return Term(codes.Fields, codes.Field(field)) }
