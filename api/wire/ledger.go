package wire

import "jiebang/internal/ledger"

// FiguresOf are figures of the ledger.
func FiguresOf(f ledger.Figures) Figures {
	return Figures{Contracts: f.Contracts, Turnover: AmountOf(f.Turnover), TechnologyAmount: AmountOf(f.Technology)}
}

// LedgerEntryOf is an entry of the ledger for those who may read it, with the proof that it is the one in the chain.
func LedgerEntryOf(e *ledger.Entry) LedgerEntry {
	return LedgerEntry{
		Seq: e.Seq, Id: e.ID, Kind: LedgerEntryKind(e.Kind), ContractId: e.ContractID, ContractVersion: e.ContractVersion, ApplicationId: e.ApplicationID,
		PostedOn: DateOf(e.PostedOn), RecordedAt: e.RecordedAt, Figures: FiguresOf(e.Figures),
		Elsewhere: e.Elsewhere, Origin: LedgerOrigin(e.Origin), Office: e.Office, ContractKind: ContractKind(e.ContractKind), ContractSubkind: string(e.ContractSubkind),
		SellerId: ID(e.SellerID), SellerRegion: e.SellerRegion, SellerNature: string(e.SellerNature),
		BuyerId: ID(e.BuyerID), BuyerRegion: e.BuyerRegion, BuyerNature: string(e.BuyerNature),
		Chain: Some(e.Chain), Field: string(e.Field), IpKind: Some(e.IPKind), Programme: Some(e.Programme),
		ChallengeId: ID(e.ChallengeID), BrokerId: ID(e.BrokerID), ResultId: ID(e.ResultID), NeedId: ID(e.NeedID),
		Hash:  e.Hash,
		Proof: LedgerProof{Form: ledger.Form, Salt: e.Salt, Payload: e.Payload(), Digest: e.Digest, PrevHash: e.PrevHash, Hash: e.Hash},
	}
}
