/** 交付内容: what a delivery can hold. */
export type Kind = 'grids' | 'components' | 'addresses' | 'places' | 'units' | 'classes'
