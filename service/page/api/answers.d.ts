// What the service answers, as /openapi.json describes it: a test holds these types to that.

export type RiskLevel = "at risk" | "not sure" | "no sign";
export type Use = "yes" | "care" | "no";
export type Value = number | string | null;
export type Student = Record<string, Value>;

export interface Feature {
    name: string;
    kind: "number" | "category";
    title?: string;
    labels?: Record<string, string>;
    group?: string;
    unit?: string;
    description?: string;
    minimum?: number;
    maximum?: number;
    nullable?: boolean;
    whole?: boolean;
    observed?: [number, number];
    vocabulary?: string[];
    unseen?: string[];
    actionable?: "increase" | "decrease" | "both";
    monotone?: "increasing" | "decreasing";
}

export interface Figure {
    value: number;
    low: number;
    high: number;
}

export interface Manifest {
    schema: { features: Feature[]; id?: string | null; skip_rows?: string[] };
    labels: [string, string];
    threshold: number;
    decision?: { rule: "default" | "threshold" | "help" | "cost_ratio"; given: number } | null;
    conformal?: { quantiles: Record<string, number> } | null;
    training: {
        num_students: number;
        num_rows?: number;
        data?: string;
        seed?: number;
        findings?: object[];
        target?: { positive?: string[]; at_least?: number | null; at_most?: number | null };
    };
    evaluation: {
        model: Record<string, Figure> | null;
        baselines: Record<string, Record<string, Figure>>;
        comparisons?: Record<string, Figure>;
        importance?: { feature: string; increase: Figure }[];
        groups?: { column: string }[];
    };
    audit?: { num_suspect_labels?: number; direction?: object | null; leakage?: object[] | null };
    gate: {
        verdict: "promoted" | "rejected" | "insufficient_data";
        reasons: string[];
        failed?: string[];
        advice?: { use: Use; headline: string; reasons: string[] };
    };
    created: string;
}

export interface Model {
    name: string;
    version: number;
    engine: { name: string; why: string };
    manifest: Manifest;
    typical: Student | null;
}

export interface Warning {
    pointer: string;
    detail: string;
}

export interface Prediction {
    label: string;
    risk_level: RiskLevel;
    probability: number;
    risk: number;
    decision?: string;
    spread?: number;
    warnings?: Warning[];
    id?: string | number;
}

interface ByModel {
    model: { name: string; version: number };
}

export interface Predictions extends ByModel {
    predictions: Prediction[];
}

export interface Explanation {
    base: number;
    probability: number;
    contributions: Record<string, number>;
    standard_errors?: Record<string, number>;
}

export interface Explanations extends ByModel {
    explanations: Explanation[];
    method: "exact" | "sampled";
}

export interface Option {
    changes: Record<string, { from: Value; to: Value }>;
    probability: number;
    warnings?: Warning[];
}

export interface Recourse extends ByModel {
    target_probability: number;
    recourse: { probability: number; options: Option[]; reason?: string; best?: Option }[];
}

export interface ScoredRow extends Prediction {
    row: number;
    cells: string[];
}

export interface Scored extends ByModel {
    delimiter: string;
    decimal: string;
    header: string[];
    rows: ScoredRow[];
    features: Record<string, Value[]>;
    faults: { row: number; line: number; column: string; detail: string }[];
    num_rows_at_fault: number;
    num_faults: number;
}

export interface Listed {
    version: number;
    state: string;
    aliases: string[];
    reason: string | null;
    created?: string;
    verdict?: Manifest["gate"]["verdict"];
    advice?: string | null;
    use?: Use;
    num_students?: number | null;
    labels?: [string, string];
    threshold?: number;
    decision?: Manifest["decision"];
    evaluation?: Partial<Manifest["evaluation"]>;
}

export interface Question {
    body?: object | ArrayBuffer;
    contentType?: string;
    signal?: AbortSignal;
}

// What comes for which question.
export interface Ask {
    (path: "model", question?: Question): Promise<Model>;
    (path: "model/versions", question?: Question): Promise<{ name: string; versions: Listed[] }>;
    (path: `predict${string}`, question?: Question): Promise<Predictions>;
    (path: `explain${string}`, question?: Question): Promise<Explanations>;
    (path: `recourse${string}`, question?: Question): Promise<Recourse>;
    (path: `score${string}`, question?: Question): Promise<Scored>;
    (path: string, question?: Question): Promise<any>;
}
