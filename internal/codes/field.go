package codes

// Field is one of the eleven technology fields that the national statistics of technology contracts are cut by.
type Field string

// Fields lists the technology fields in the order of the national bulletins.
var Fields = table(
	Term[Field]{"electronics", "电子信息", "Electronics and information"},
	Term[Field]{"aerospace", "航空航天", "Aviation and space"},
	Term[Field]{"advanced_manufacturing", "先进制造", "Advanced manufacturing"},
	Term[Field]{"biomedicine", "生物、医药和医疗器械", "Biology, medicine and medical devices"},
	Term[Field]{"new_materials", "新材料及其应用", "New materials and their application"},
	Term[Field]{"new_energy", "新能源与高效节能", "New energy and energy saving"},
	Term[Field]{"environment", "环境保护与资源综合利用", "Environmental protection and use of resources"},
	Term[Field]{"nuclear", "核应用技术", "Nuclear technology"},
	Term[Field]{"agriculture", "农业", "Agriculture"},
	Term[Field]{"transport", "现代交通", "Modern transport"},
	Term[Field]{"urban_social", "城市建设与社会发展", "Urban construction and social development"},
)
