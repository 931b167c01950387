"""The words of Spanish headers: Spain and Latin America."""

from training.terms.subject import Terms

TERMS: Terms = {
    "age_or_place": "edad | fecha de nacimiento | ano de nacimiento | codigo postal",
    "demographic": """
        sexo | genero | varon | mujer | hombre | =nino | =nina | =chico | =chica | masculino | femenino | hembra
        | =h m | lugar de nacimiento | pais de nacimiento | direccion | domicilio | nacionalidad | =extranjero |
        =extranjera | alumno extranjero | inmigrante | migrante | refugiado | refugiada | etnia | raza |
        indigena | pueblo originario | afrodescendiente | mestizo | gitano | gitana | minoria | religion |
        lengua materna | lengua indigena | idioma | discapacidad | discapacitado |
        necesidades educativas especiales | nee | neae | acneae | acnee | dislexia | tdah | beca comedor |
        estado civil | embarazada | desplazado
    """,
    "circumstances": """
        becario | becaria | becado | becada | beca | estrato | nivel socioeconomico | ingresos familiares
    """,
    "personal": "nombre | apellido | apellidos | correo | telefono | =alumno | =alumna | =estudiante",
    "id": "matricula",
    "period": "ano | curso | ano escolar | semestre | trimestre",
    "good_end": """
        aprobado | aprobada | aprobados | aprobo | aprueba | apto | apta | promovido | promovida | promociona |
        promociono | promocion | superado | superada | graduado | graduada | egresado | egresada | titulado |
        titulada | titula | admitido | admitida | exito | =pasa | satisfactorio | suficiente | =notable |
        =sobresaliente
    """,
    "bad_end": """
        suspenso | suspensa | suspendido | suspendida | suspende | suspendio | reprobado | reprobada | reprobo |
        reprueba | desaprobado | desaprobada | repite | repitio | repetidor | repetidora | repitente | repetir |
        repitencia | abandono | abandona | desertor | desertora | deserto | desercion | fracaso | en riesgo |
        riesgo | insuficiente | =baja | dado de baja | dada de baja | =retiro | retirado | retirada | expulsado
        | expulsada | ausente | aplazado | aplazada | rechazado | rechazada
    """,
    "more_is_better": """
        asistencia | asistencias | puntos | puntuacion | puntaje | nota | notas | calificacion | calificaciones
        | promedio | horas de estudio | tiempo de estudio | participacion | tareas | deberes | creditos |
        aciertos | entregadas
    """,
    "less_is_better": """
        falta | faltas | ausencia | ausencias | inasistencia | inasistencias | ausentismo | absentismo | retraso
        | retrasos | tardanza | tardanzas | atrasos | impuntualidad | suspensos | suspensas | reprobadas |
        errores | perdidas | no entregadas | expulsion | expulsiones | sancion | sanciones | amonestaciones |
        advertencias
    """,
    "mark": "nota | notas | calificacion | promedio | examen | parcial | puntaje",
}
