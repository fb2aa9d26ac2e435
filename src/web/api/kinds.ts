/** 交付内容: what a delivery can hold. */
export type Kind = 'grids' | 'unit-grids' | 'components' | 'addresses' | 'places' | 'units' | 'classes'
